//! Demonstration data: made-up projects with amounts, funding and three years of history, marked as
//! made up by their names and their source. The same number makes the same projects.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shortboard_domain::access::{Action, Actor};
use shortboard_domain::body::ProjectBody;
use shortboard_domain::change::{Placing, Proposal, Registration};
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::decision::{MoveWish, Refusal};
use shortboard_domain::document::{Document, Source};
use shortboard_domain::facts::Facts;
use shortboard_domain::funding::{FundingBody, FundingSource};
use shortboard_domain::history::History;
use shortboard_domain::matter::{MatterKind, MatterState, PreliminaryMatter};
use shortboard_domain::stage::{Stage, StageBasis};
use shortboard_store::{Store, StoreError, Tx};

/// How many projects one write makes.
const BATCH: u32 = 5000;

/// How many projects are many.
const MANY: u32 = 5000;

/// Where a made-up project stands when it is registered, likelier stages being more often here.
const STAGES: [Stage; 8] = [
    Stage::Concept,
    Stage::Reserve,
    Stage::Reserve,
    Stage::Reserve,
    Stage::Preparation,
    Stage::Preparation,
    Stage::Construction,
    Stage::Construction,
];

/// The way a project goes.
const WAY: [Stage; 5] =
    [Stage::Reserve, Stage::Preparation, Stage::Construction, Stage::Completed, Stage::Operation];

/// How far back the made-up past reaches, days.
const PAST: i64 = 3 * 365;

/// The characters of made-up places, two a place: the later ones are rare, as in real life.
const FIRST: [char; 40] = [
    '东', '西', '南', '北', '新', '老', '龙', '凤', '金', '银', '青', '红', '白', '黑', '大', '小',
    '上', '下', '前', '后', '双', '三', '石', '松', '柳', '桃', '杏', '榆', '兴', '永', '长', '平',
    '安', '福', '顺', '康', '锦', '云', '凌', '渤',
];
const SECOND: [char; 40] = [
    '湖', '山', '岭', '河', '城', '泉', '台', '沟', '屯', '庄', '甸', '港', '桥', '门', '堡', '岗',
    '洼', '滩', '湾', '坨', '营', '店', '井', '寺', '塔', '院', '园', '坡', '崖', '林', '川', '原',
    '口', '渡', '津', '坝', '圩', '碛', '峪', '畲',
];
const WORKS: [&str; 40] = [
    "道路改造",
    "供水管网更新",
    "污水处理厂扩建",
    "中学新建",
    "医院门诊楼",
    "河道治理",
    "棚户区改造",
    "产业园标准厂房",
    "垃圾焚烧发电",
    "集中供热",
    "公交枢纽",
    "文化馆",
    "体育中心",
    "养老服务中心",
    "水库除险加固",
    "高标准农田",
    "农村公路",
    "智慧城市平台",
    "生态公园",
    "变电站",
    "排水防涝",
    "老旧小区整治",
    "冷链物流园",
    "光伏电站",
    "危险废物处置",
    "疾控实验室",
    "幼儿园",
    "职业学院实训楼",
    "灌区续建配套",
    "海绵城市",
    "综合管廊",
    "铁路专用线",
    "渔港避风锚地",
    "矿山生态修复",
    "消防训练基地",
    "天然气门站",
    "粮食储备库",
    "应急广播",
    "非遗展示馆",
    "氢能加注站",
];

/// Loads `count` made-up projects.
///
/// # Errors
/// What the store says; code lists that hold nothing.
pub async fn load(store: &Store, count: u32, random_seed: u64) -> anyhow::Result<()> {
    // So many come in that it is quicker to see to what lists read when they are there.
    let are_many = count >= MANY;
    if are_many {
        store.derive_later().await?;
    }
    let mut first = 0;
    while first < count {
        let batch = first..count.min(first + BATCH);
        let permit = Actor::operator().permit(Action::PlaceProject)?;
        let written = store.write(permit, move |tx| {
            let batch = batch.clone();
            Box::pin(async move {
                let end = tx.now();
                for number in batch {
                    // Each project has its own numbers, so that none depends on those before it.
                    let seed = random_seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(number);
                    Maker {
                        rng: fastrand::Rng::with_seed(seed),
                        number,
                        end,
                        last: Timestamp::MIN,
                    }
                    .make(tx)
                    .await?;
                }
                Ok(())
            })
        });
        written.await?;
        first += BATCH;
    }
    if are_many {
        store.derive().await?;
    }
    Ok(())
}

struct Maker {
    rng: fastrand::Rng,
    number: u32,
    end: Timestamp,
    /// The time of what happened last: time does not go back, also where two things happen on one day.
    last: Timestamp,
}

impl Maker {
    async fn make(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let mut age = self.rng.i64(30..PAST);
        self.at(tx, age);
        let facts = self.facts(tx.lists(), tx.today()).map_err(Refusal::Faults)?;
        let source = Source { document: "演示数据".into(), clause: None, quote: None };
        let document = Document {
            title: Some("演示数据，非真实项目".into()),
            ..Document::default()
        };
        let placed = Placing {
            stage: STAGES[self.rng.usize(..STAGES.len())],
            basis: StageBasis::Recorded,
            quote: None,
            document: Some(document),
        };
        let stage = placed.stage;
        let registration =
            Registration { source: Some(source), placed: Some(placed), ..facts.into() };
        let id = tx.register(registration, None).await?.id;

        let sources = [0, 1, 1, 1, 2, 2, 3][self.rng.usize(..7)];
        for _ in 0..sources {
            self.later(tx, &mut age);
            let source = self.funding(tx.lists(), tx.today()).map_err(Refusal::Faults)?;
            change(tx, id, |history, day| history.add_funding(source, day).map(Some)).await?;
        }
        let Some(at) = WAY.iter().position(|way| *way == stage) else { return Ok(()) };
        let steps = [0, 0, 0, 1, 1, 2][self.rng.usize(..6)];
        for to in WAY[at + 1..].iter().take(steps) {
            self.later(tx, &mut age);
            self.advance(tx, id, *to).await?;
        }
        let reached = WAY[(at + steps).min(WAY.len() - 1)];
        let stops = matches!(reached, Stage::Preparation | Stage::Construction);
        match self.rng.u8(0..40) {
            0 if stops => {
                self.later(tx, &mut age);
                self.advance(tx, id, Stage::Suspended).await
            }
            1 if stops => {
                self.later(tx, &mut age);
                self.advance(tx, id, Stage::Cancelled).await
            }
            _ => Ok(()),
        }
    }

    /// Moves the project on, with what the stage asks for.
    async fn advance(&mut self, tx: &mut Tx, id: i64, to: Stage) -> Result<(), StoreError> {
        if to == Stage::Preparation {
            let matter = PreliminaryMatter {
                state: MatterState::Begun,
                document_number: None,
                issued_by: None,
                planned_on: None,
                actual_on: None,
            };
            let kind = MatterKind::FeasibilityStudy;
            let set = |history: &History, day| history.set_matter(kind, matter, day);
            change(tx, id, set).await?;
        }
        let wish = MoveWish {
            to,
            on: Some(tx.today()),
            basis: Some(Document {
                document_number: Some(format!("演示〔{}〕{}号", tx.today().year(), self.number)),
                ..Document::default()
            }),
            reason: matches!(to, Stage::Suspended | Stage::Cancelled)
                .then(|| "演示数据".to_owned()),
        };
        let go = |history: &History, day| match history.current() {
            Some(project) => project.move_to(wish, day).map(Some),
            None => Err(Refusal::NoSuchPart),
        };
        change(tx, id, go).await
    }

    /// Lets some of the remaining time pass.
    fn later(&mut self, tx: &mut Tx, age: &mut i64) {
        *age -= self.rng.i64(0..=(*age / 3).max(1));
        *age = (*age).max(0);
        self.at(tx, *age);
    }

    /// Some time of the day that many days ago.
    fn at(&mut self, tx: &mut Tx, days_ago: i64) {
        let moment = self.moment(days_ago);
        tx.set_now(moment);
    }

    fn moment(&mut self, days_ago: i64) -> Timestamp {
        let ago = SignedDuration::from_hours(24 * days_ago)
            + SignedDuration::from_secs(self.rng.i64(0..3600));
        self.last = self.end.checked_sub(ago).unwrap_or(self.end).max(self.last);
        self.last
    }

    /// A number below `end`, small ones being likelier.
    fn rare(&mut self, end: usize) -> usize {
        let skewed = self.rng.f64().powi(2) * end as f64;
        (skewed as usize).min(end - 1)
    }

    fn facts(
        &mut self,
        lists: &CodeLists,
        today: Date,
    ) -> Result<Facts, Vec<shortboard_domain::fault::Fault>> {
        let place = format!("{}{}", FIRST[self.rare(40)], SECOND[self.rare(40)]);
        let work = WORKS[self.rare(40)];
        let start = today.year() + self.rng.i16(0..2);
        let mut one_of = |list: ListName| {
            let codes: Vec<&str> = lists.entries(list).map(|entry| entry.code.as_str()).collect();
            let chosen = self.rng.usize(..codes.len().max(1));
            codes.get(chosen).copied().unwrap_or_default().to_owned()
        };
        let (area, region) = (one_of(ListName::Areas), one_of(ListName::Regions));
        let (department, group) = (one_of(ListName::Departments), one_of(ListName::Groups));
        // A zone has no six digits of its own.
        let is_region = region.len() == 6 && region.bytes().all(|byte| byte.is_ascii_digit());
        let code = format!(
            "{}-{}-{:02}-01-{:06}",
            self.rng.u16(2015..=2020),
            if is_region { region.as_str() } else { "999999" },
            self.rng.u8(1..=97),
            self.number % 1_000_000
        );
        // From a million to two thousand million yuan, small ones being many.
        let amount = 10_f64.powf(6.0 + 3.3 * self.rng.f64()).round();
        let body = json!({
            "name": format!("【演示】{place}{work}{}号工程", self.number + 1),
            "code": code,
            "area": area,
            "region": region,
            "departments": [department],
            "group": (self.rng.u8(0..3) == 0).then_some(group),
            "owner_unit": {"name": format!("【演示】{place}建设投资有限公司")},
            "nature": (["new", "expansion", "reconstruction"][self.rng.usize(..3)]),
            "content": format!("演示数据：{place}{work}，规模与金额均为虚构。"),
            "total_investment": format!("{amount}.00"),
            "planned": {
                "start": format!("{start}-{:02}", self.rng.u8(1..=12)),
                "finish": (start + self.rng.i16(1..4)).to_string(),
            },
        });
        crate::extract::read::<ProjectBody>(body)?.build(lists)
    }

    fn funding(
        &mut self,
        lists: &CodeLists,
        today: Date,
    ) -> Result<FundingSource, Vec<shortboard_domain::fault::Fault>> {
        let channels: Vec<&str> =
            lists.entries(ListName::Channels).map(|entry| entry.code.as_str()).collect();
        let channel = channels.get(self.rng.usize(..channels.len().max(1)));
        let amount = 10_f64.powf(5.5 + 3.0 * self.rng.f64()).round();
        let status = ["intended", "applied", "approved", "arrived"][self.rng.usize(..4)];
        let part = (amount * self.rng.f64()).floor();
        let body = json!({
            "channel": channel,
            "amount": format!("{amount}.00"),
            "year": today.year(),
            "status": status,
            "arrived": (status == "approved").then(|| format!("{part}.00")),
        });
        crate::extract::read::<FundingBody>(body)?.build(lists)
    }
}

async fn change(
    tx: &mut Tx,
    id: i64,
    decide: impl FnOnce(&History, Date) -> Result<Option<Proposal>, Refusal>,
) -> Result<(), StoreError> {
    tx.change(id, None, |history, _, setting| decide(history, setting.today)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_made_up_past_does_not_go_back() {
        let end = Timestamp::from_second(1_800_000_000).unwrap();
        for seed in 0..200 {
            let rng = fastrand::Rng::with_seed(seed);
            let mut maker = Maker { rng, number: 0, end, last: Timestamp::MIN };
            let moments: Vec<Timestamp> =
                [40, 40, 39, 39, 39, 0, 0].map(|ago| maker.moment(ago)).into();
            assert!(moments.is_sorted(), "{moments:?}");
            assert!(moments.iter().all(|moment| *moment <= end));
        }
    }
}
