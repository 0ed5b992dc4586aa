//! The initials of a name's pinyin, which people type for its characters: dlgz for 道路改造.

use crate::name::normalise;
use pinyin::ToPinyin;

/// The first letters of the readings of a name's characters, in lower case; its digits and latin
/// letters stay as they are.
///
/// A character that has several readings is read as it is by itself, unless it stands in one of
/// the words below.
pub fn initials(name: &str) -> String {
    let name = normalise(name);
    let mut rest = name.as_str();
    let mut initials = String::new();
    while let Some(first) = rest.chars().next() {
        let word = READINGS.iter().filter(|(word, _)| rest.starts_with(word));
        if let Some((word, letters)) = word.max_by_key(|(word, _)| word.len()) {
            initials.push_str(letters);
            rest = &rest[word.len()..];
            continue;
        }
        match first.to_pinyin() {
            Some(reading) => initials.push_str(reading.first_letter()),
            None if first.is_ascii() => initials.push(first),
            None => {}
        }
        rest = &rest[first.len_utf8()..];
    }
    initials
}

/// Words, most of them places, in which a character is read otherwise than by itself. 长 and 曾 are
/// read in names as in 长江 and 曾都.
const READINGS: [(&str, &str); 102] = [
    ("长", "c"),
    ("长子", "zz"),
    ("校长", "xz"),
    ("家长", "jz"),
    ("市长", "sz"),
    ("县长", "xz"),
    ("院长", "yz"),
    ("成长", "cz"),
    ("增长", "zz"),
    ("生长", "sz"),
    ("曾", "z"),
    ("重庆", "cq"),
    ("重建", "cj"),
    ("重修", "cx"),
    ("重构", "cg"),
    ("重组", "cz"),
    ("重阳", "cy"),
    ("重新", "cx"),
    ("重置", "cz"),
    ("厦门", "xm"),
    ("东阿", "de"),
    ("番禺", "py"),
    ("莘庄", "xz"),
    ("乐清", "yq"),
    ("音乐", "yy"),
    ("乐器", "yq"),
    ("声乐", "sy"),
    ("乐团", "yt"),
    ("银行", "yh"),
    ("商行", "sh"),
    ("支行", "zh"),
    ("分行", "fh"),
    ("总行", "zh"),
    ("央行", "yh"),
    ("行业", "hy"),
    ("会计", "kj"),
    ("会稽", "kj"),
    ("财会", "ck"),
    ("调蓄", "tx"),
    ("空调", "kt"),
    ("调节", "tj"),
    ("调解", "tj"),
    ("调剂", "tj"),
    ("调整", "tz"),
    ("调压", "ty"),
    ("调峰", "tf"),
    ("调频", "tp"),
    ("调试", "ts"),
    ("调控", "tk"),
    ("调理", "tl"),
    ("调料", "tl"),
    ("调味", "tw"),
    ("协调", "xt"),
    ("单县", "sx"),
    ("尉犁", "yl"),
    ("铅山", "ys"),
    ("洪洞", "ht"),
    ("浚县", "xx"),
    ("涡阳", "gy"),
    ("泌阳", "by"),
    ("枞阳", "zy"),
    ("蔚县", "yx"),
    ("解州", "xz"),
    ("大埔", "db"),
    ("宝坻", "bd"),
    ("黄陂", "hp"),
    ("覃塘", "qt"),
    ("宕昌", "tc"),
    ("沌口", "zk"),
    ("筠连", "jl"),
    ("犍为", "qw"),
    ("繁峙", "fs"),
    ("荥经", "yj"),
    ("龟兹", "qc"),
    ("西藏", "xz"),
    ("藏族", "zz"),
    ("藏区", "zq"),
    ("给水", "js"),
    ("给排水", "jps"),
    ("供给", "gj"),
    ("补给", "bj"),
    ("弹性", "tx"),
    ("巷道", "hd"),
    ("率先", "sx"),
    ("校正", "jz"),
    ("校准", "jz"),
    ("畜牧", "xm"),
    ("畜禽", "xq"),
    ("畜产", "xc"),
    ("泊位", "bw"),
    ("泊车", "bc"),
    ("停泊", "tb"),
    ("关卡", "gq"),
    ("地壳", "dq"),
    ("轧钢", "zg"),
    ("十里堡", "slp"),
    ("人参", "rs"),
    ("参茸", "sr"),
    ("传记", "zj"),
    ("双重", "sc"),
    ("重复", "cf"),
    ("浒墅关", "xsg"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(name: &str, letters: &str) {
        assert_eq!(initials(name), letters, "{name}");
    }

    #[test]
    fn names_are_read_by_their_initials() {
        reads("道路改造", "dlgz");
        reads("凌河区滨河路三期工程", "lhqbhlsqgc");
        reads("A1标段(2017年)", "a1bd2017n");
        reads("Ü型槽\u{2161}期", "xciiq");
        reads(" ,。", "");
        reads("", "");
    }

    #[test]
    fn places_are_read_as_their_people_do() {
        for (name, letters) in [
            ("重庆", "cq"),
            ("厦门", "xm"),
            ("六安", "la"),
            ("蚌埠", "bb"),
            ("东阿", "de"),
            ("番禺", "py"),
            ("莘县", "sx"),
            ("乐清", "yq"),
            ("乐亭", "lt"),
            ("长春", "cc"),
            ("长沙", "cs"),
            ("长江", "cj"),
            ("长城", "cc"),
            ("长子县", "zzx"),
            ("朝阳", "cy"),
            ("曲阜", "qf"),
            ("台州", "tz"),
            ("百色", "bs"),
            ("锦州", "jz"),
            ("北镇", "bz"),
            ("沟帮子", "gbz"),
        ] {
            reads(name, letters);
        }
    }

    #[test]
    fn words_decide_between_readings() {
        for (name, letters) in [
            ("银行", "yh"),
            ("人行道", "rxd"),
            ("灾后重建", "zhcj"),
            ("重点", "zd"),
            ("重型", "zx"),
            ("大厦", "ds"),
            ("会计", "kj"),
            ("社会", "sh"),
            ("调蓄池", "txc"),
            ("调水", "ds"),
            ("给排水", "jps"),
            ("校长", "xz"),
            ("音乐厅", "yyt"),
            ("娱乐", "yl"),
        ] {
            reads(name, letters);
        }
    }

    #[test]
    fn every_word_makes_a_difference() {
        for (word, letters) in READINGS {
            let length = word.chars().count();
            assert_eq!(length, letters.len(), "{word}");
            let by_itself = |c: char| match c.to_pinyin() {
                Some(reading) if length == 1 => reading.first_letter().to_owned(),
                _ => initials(&c.to_string()),
            };
            let by_themselves: String = word.chars().map(by_itself).collect();
            assert_ne!(by_themselves, letters, "{word}");
        }
    }
}
