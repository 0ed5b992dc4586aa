//! How long it takes to read what ledgers and forms hold: codes, periods, money, names.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use shortboard_domain::credit_code::CreditCode;
use shortboard_domain::money::Money;
use shortboard_domain::name::{NameKey, normalise};
use shortboard_domain::period::Period;
use shortboard_domain::project_code::ProjectCode;
use std::hint::black_box;

/// Reads each text, good and bad ones mixed as people mix them.
fn reads<T>(c: &mut Criterion, what: &str, texts: &[&str], read: impl Fn(&str) -> T) {
    let mut group = c.benchmark_group(what);
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("read", |b| {
        b.iter(|| {
            for text in texts {
                black_box(read(black_box(text)));
            }
        })
    });
    group.finish();
}

fn codes(c: &mut Criterion) {
    let texts = [
        "2018-210703-46-01-004512",
        "2018-210703-46-01-004512-001",
        "2017-210700-77-02-000001",
        "2018-210703-46-01-00451",
        "锦发改审批〔2018〕12号",
    ];
    reads(c, "project codes", &texts, str::parse::<ProjectCode>);
    let texts = ["91210700MA0P4R3E7X", "91210700123456789X", "9121070012345678", "无"];
    reads(c, "credit codes", &texts, str::parse::<CreditCode>);
}

fn periods(c: &mut Criterion) {
    let texts = ["2018", "2018-03", "2018-03-15", "2018.3", "2018年3月", "明年", "2018-13"];
    reads(c, "periods", &texts, str::parse::<Period>);
}

fn money(c: &mut Criterion) {
    let texts = ["385000000.00", "0", "12345678.9", "-1", "1e9", "约3亿元", "99999999999999.99"];
    reads(c, "money", &texts, str::parse::<Money>);
}

fn names(c: &mut Criterion) {
    let texts = [
        "滨河路（三期）道路改造工程",
        "锦州南站公路客运枢纽建设项目",
        "２０１７年度农村公路（２期）",
        "云飞街跨小凌河大桥工程",
    ];
    reads(c, "names", &texts, normalise);
    reads(c, "name keys", &texts, NameKey::new);
    let other = NameKey::new("滨河路道路改造工程(二期)");
    reads(c, "likeness", &texts, |name| NameKey::new(name).likeness(&other));
}

criterion_group!(parse, codes, periods, money, names);
criterion_main!(parse);
