//! What waits to be done about a project. Lists filter by it and the desk counts it.

use crate::money::SignedMoney;
use crate::period::{Period, Span};
use crate::project::Project;
use crate::stage::{Stage, StageBasis};
use crate::word::words;
use jiff::ToSpan;
use jiff::civil::Date;

words! {
    /// Something that waits to be done about a project.
    Need {
        /// It has no funding source.
        Funding = "funding", "未落实资金", "No funding source";
        /// Its sources do not reach its total investment.
        Gap = "gap", "有资金缺口", "Funding gap";
        /// Its sources exceed its total investment.
        Excess = "excess", "资金超额", "Funding excess";
        /// Facts that its stage asks for are blank.
        Facts = "facts", "信息不全", "Facts missing";
        /// Its stage is only inferred, and a registrar is to confirm it.
        Confirmation = "confirmation", "阶段待确认", "Stage to be confirmed";
        /// Its planned start or finish has passed, and it has not come that far.
        Overdue = "overdue", "已逾期", "Overdue";
        /// It has stood for more than a year in a stage that is to be left.
        Stuck = "stuck", "长期停滞", "Stuck";
    }
}

/// For how many days a project may stand in one stage without being stuck.
pub const PATIENCE: i64 = 365;

impl Need {
    /// Whether it comes by itself when its day does.
    pub fn is_dated(self) -> bool {
        matches!(self, Self::Overdue | Self::Stuck)
    }
}

impl Stage {
    /// The stages in which nothing may stand for ever: it is to go on, to be built, or to be given
    /// up. One that is built may stand as it is until it is used, and one in use or cancelled has
    /// arrived.
    pub const TO_BE_LEFT: [Self; 5] =
        [Self::Concept, Self::Reserve, Self::Preparation, Self::Construction, Self::Suspended];

    /// The stages before building begins. A suspended project is none of them: it is known that
    /// and why it does not go on, so that its planned start is no reason to ask.
    pub const TO_BE_STARTED: [Self; 3] = [Self::Concept, Self::Reserve, Self::Preparation];
}

/// What of a project tells its needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Situation {
    /// Its stage.
    pub stage: Stage,
    /// The day from which it has stood there.
    pub stage_since: Date,
    /// Whether the stage is only inferred.
    pub is_inferred: bool,
    /// Whether it has a funding source.
    pub is_funded: bool,
    /// Total investment less the sources; none without a total.
    pub gap: Option<SignedMoney>,
    /// Whether facts are missing.
    pub lacks_facts: bool,
    /// Planned start and finish.
    pub planned: Span,
}

impl Situation {
    /// The day from which it has a need, as long as nothing about it changes: [`Date::MIN`] for one
    /// that does not wait for its day, `None` for one that it will not have.
    pub fn since(&self, need: Need) -> Option<Date> {
        let at_once = |has: bool| has.then_some(Date::MIN);
        match need {
            Need::Funding => at_once(!self.is_funded),
            Need::Gap => at_once(self.gap.is_some_and(|gap| gap.fen() > 0)),
            Need::Excess => at_once(self.gap.is_some_and(|gap| gap.fen() < 0)),
            Need::Facts => at_once(self.lacks_facts),
            Need::Confirmation => at_once(self.is_inferred),
            Need::Overdue => self.overdue_since(),
            Need::Stuck => self.stuck_since(),
        }
    }

    /// Whether it has a need on a day.
    pub fn has(&self, need: Need, day: Date) -> bool {
        self.since(need).is_some_and(|since| since <= day)
    }

    /// The day after the last one that a plan still held on: one that names a year holds until its
    /// 31 December, since nobody promised an earlier day.
    fn overdue_since(&self) -> Option<Date> {
        let day_after = |plan: Option<Period>| plan?.last_day().tomorrow().ok();
        let is_in = |stages: &[Stage]| stages.contains(&self.stage);
        let start = day_after(self.planned.start).filter(|_| is_in(&Stage::TO_BE_STARTED));
        let finish = day_after(self.planned.finish).filter(|_| is_in(&Stage::TO_BE_LEFT));
        [start, finish].into_iter().flatten().min()
    }

    fn stuck_since(&self) -> Option<Date> {
        let too_long = (PATIENCE + 1).days();
        let since = self.stage_since.checked_add(too_long).ok();
        since.filter(|_| Stage::TO_BE_LEFT.contains(&self.stage))
    }
}

impl Project {
    /// What of it tells its needs.
    pub fn situation(&self) -> Situation {
        Situation {
            stage: self.stage,
            stage_since: self.stage_since(),
            is_inferred: self.stage_basis() == StageBasis::Inferred,
            is_funded: !self.funding.is_empty(),
            gap: self.gap(),
            lacks_facts: !self.missing().is_empty(),
            planned: self.facts.planned,
        }
    }

    /// What waits to be done about it on a day.
    pub fn needs(&self, day: Date) -> Vec<Need> {
        let situation = self.situation();
        Need::ALL.iter().copied().filter(|need| situation.has(*need, day)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// A project in order, in the stage given.
    fn in_order(stage: Stage) -> Situation {
        Situation {
            stage,
            stage_since: date(2018, 1, 10),
            is_inferred: false,
            is_funded: true,
            gap: Some(SignedMoney::from_fen(0)),
            lacks_facts: false,
            planned: Span::default(),
        }
    }

    fn planned(stage: Stage, start: &str, finish: &str) -> Situation {
        let planned = Span { start: start.parse().ok(), finish: finish.parse().ok() };
        Situation { planned, ..in_order(stage) }
    }

    fn needs(situation: Situation, day: Date) -> Vec<Need> {
        Need::ALL.iter().copied().filter(|need| situation.has(*need, day)).collect()
    }

    #[test]
    fn what_is_in_order_waits_for_nothing() {
        for stage in Stage::ALL {
            assert_eq!(needs(in_order(*stage), date(2018, 6, 1)), [], "{stage}");
        }
    }

    #[test]
    fn money_is_short_over_or_not_there() {
        let day = date(2018, 6, 1);
        let with = |gap: Option<i64>, is_funded| Situation {
            gap: gap.map(SignedMoney::from_fen),
            is_funded,
            ..in_order(Stage::Reserve)
        };
        assert_eq!(needs(with(Some(1), true), day), [Need::Gap]);
        assert_eq!(needs(with(Some(-1), true), day), [Need::Excess]);
        assert_eq!(needs(with(Some(1), false), day), [Need::Funding, Need::Gap]);
        // Nobody knows how much a project without a total lacks.
        assert_eq!(needs(with(None, true), day), []);
        assert_eq!(needs(with(None, false), day), [Need::Funding]);
    }

    #[test]
    fn facts_and_inferred_stages_wait() {
        let day = date(2018, 6, 1);
        let lacks = Situation { lacks_facts: true, ..in_order(Stage::Concept) };
        assert_eq!(needs(lacks, day), [Need::Facts]);
        let inferred = Situation { is_inferred: true, ..in_order(Stage::Operation) };
        assert_eq!(needs(inferred, day), [Need::Confirmation]);
    }

    #[test]
    fn a_plan_is_passed_when_its_last_day_is() {
        let since = |finish| planned(Stage::Construction, "", finish).since(Need::Overdue);
        assert_eq!(since("2018"), Some(date(2019, 1, 1)));
        assert_eq!(since("2020-02"), Some(date(2020, 3, 1)));
        assert_eq!(since("2018-06-30"), Some(date(2018, 7, 1)));
        assert_eq!(since(""), None);
        let year = planned(Stage::Construction, "", "2018");
        assert!(!year.has(Need::Overdue, date(2018, 12, 31)));
        assert!(year.has(Need::Overdue, date(2019, 1, 1)));
    }

    #[test]
    fn a_start_counts_until_building_begins_and_a_finish_until_it_ends() {
        let since = |stage| planned(stage, "2018-03", "2019-12").since(Need::Overdue);
        for stage in [Stage::Concept, Stage::Reserve, Stage::Preparation] {
            assert_eq!(since(stage), Some(date(2018, 4, 1)), "{stage}");
        }
        for stage in [Stage::Construction, Stage::Suspended] {
            assert_eq!(since(stage), Some(date(2020, 1, 1)), "{stage}");
        }
        for stage in [Stage::Completed, Stage::Operation, Stage::Cancelled] {
            assert_eq!(since(stage), None, "{stage}");
        }
        // The earlier of the two, which is not always the start as it is written.
        let vague = planned(Stage::Reserve, "2018", "2018-05");
        assert_eq!(vague.since(Need::Overdue), Some(date(2018, 6, 1)));
    }

    #[test]
    fn more_than_a_year_in_a_stage_to_be_left_is_too_long() {
        for stage in Stage::ALL {
            let stays = in_order(*stage);
            let is_stuck = Stage::TO_BE_LEFT.contains(stage);
            assert!(!stays.has(Need::Stuck, date(2019, 1, 10)), "{stage}");
            assert_eq!(stays.has(Need::Stuck, date(2019, 1, 11)), is_stuck, "{stage}");
        }
    }

    #[test]
    fn no_day_is_too_far() {
        let last = Situation { stage_since: Date::MAX, ..planned(Stage::Concept, "2199", "2199") };
        assert_eq!(last.since(Need::Stuck), None);
        assert_eq!(last.since(Need::Overdue), Some(date(2200, 1, 1)));
    }
}
