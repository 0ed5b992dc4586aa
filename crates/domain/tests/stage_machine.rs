//! No sequence of allowed wishes brings a project where the rules do not let it stand.

#[cfg(test)]
mod support;

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::select;
use shortboard_domain::change::{Act, Change, Placing, Proposal};
use shortboard_domain::decision::{Correction, MoveWish, Refusal, effective_day};
use shortboard_domain::document::Document;
use shortboard_domain::facts::Facts;
use shortboard_domain::filing::Filing;
use shortboard_domain::matter::{MatterKind, MatterState};
use shortboard_domain::project::{Project, StageMove};
use shortboard_domain::requirement::Fact;
use shortboard_domain::stage::{Stage, StageBasis};
use support::*;

/// What somebody may wish; days are given as so many before today.
#[derive(Debug, Clone)]
enum Wish {
    Wait(i32),
    Submit,
    Accept(Option<i32>),
    SendBack(bool),
    Move { to: Stage, ago: Option<i32>, basis: bool, reason: bool },
    Onward,
    Correct { pick: usize, ago: Option<i32>, to: Option<Stage>, reason: bool },
    Confirm { ago: Option<i32>, basis: bool },
    Facts { which: usize, ago: Option<i32> },
    Matter(MatterState),
    Fund(Option<i32>),
}

fn ago() -> impl Strategy<Value = Option<i32>> {
    prop_oneof![2 => Just(None), 2 => Just(Some(0)), 3 => (-1..60).prop_map(Some)]
}

fn stage() -> impl Strategy<Value = Stage> {
    select(Stage::ALL)
}

fn a_wish() -> impl Strategy<Value = Wish> {
    let mostly = || prop::bool::weighted(0.8);
    prop_oneof![
        2 => (0..9).prop_map(Wish::Wait),
        2 => Just(Wish::Submit),
        2 => ago().prop_map(Wish::Accept),
        1 => mostly().prop_map(Wish::SendBack),
        8 => (stage(), ago(), mostly(), mostly())
            .prop_map(|(to, ago, basis, reason)| Wish::Move { to, ago, basis, reason }),
        3 => Just(Wish::Onward),
        4 => (0..20_usize, ago(), proptest::option::of(stage()), mostly())
            .prop_map(|(pick, ago, to, reason)| Wish::Correct { pick, ago, to, reason }),
        1 => (ago(), any::<bool>()).prop_map(|(ago, basis)| Wish::Confirm { ago, basis }),
        2 => (0..4_usize, ago()).prop_map(|(which, ago)| Wish::Facts { which, ago }),
        1 => select(MatterState::ALL).prop_map(Wish::Matter),
        1 => ago().prop_map(Wish::Fund),
    ]
}

fn a_placing() -> impl Strategy<Value = Option<Placing>> {
    proptest::option::of((stage(), any::<bool>()).prop_map(|(stage, is_inferred)| {
        let basis = if is_inferred { StageBasis::Inferred } else { StageBasis::Recorded };
        Placing { basis, ..inferred(stage) }
    }))
}

/// What the rules say to a wish.
fn decide(at: &Recorder, wish: &Wish) -> Result<Option<Proposal>, Refusal> {
    let (project, today) = (at.project(), at.today);
    let day = |ago: &Option<i32>| ago.map(|days| today - days.days());
    let reason = |given: &bool| given.then(|| "原因".to_owned());
    let basis = |given: &bool| given.then(document);
    match wish {
        Wish::Wait(_) => Ok(None),
        Wish::Submit => project.submit(today).map(Some),
        Wish::Accept(ago) => project.accept(day(ago), today).map(Some),
        Wish::SendBack(given) => project.send_back(reason(given), today).map(Some),
        Wish::Move { to, ago, basis: named, reason: given } => {
            let (on, basis, reason) = (day(ago), basis(named), reason(given));
            project.move_to(MoveWish { to: *to, on, basis, reason }, today).map(Some)
        }
        Wish::Onward => {
            let next = project.stage.rank().map_or(Stage::Cancelled, |r| Stage::ORDER[(r + 1) % 6]);
            let on = Some(today);
            project.move_to(MoveWish { on, ..support::wish(next, today) }, today).map(Some)
        }
        Wish::Correct { pick, ago, to, reason: given } => {
            let of = project.moves[pick % project.moves.len()].id;
            let (on, to, reason) = (day(ago), *to, reason(given));
            at.history.correct_move(Correction { of, on, to, reason }, today).map(Some)
        }
        Wish::Confirm { ago, basis: named } => {
            at.history.confirm_stage(day(ago), basis(named), today).map(Some)
        }
        Wish::Facts { which, ago } => {
            let renamed = |facts| Facts { name: "滨河路三期".into(), ..facts };
            let facts = [bare_facts(), full_facts(), coded_facts(), renamed(coded_facts())];
            at.facts_from(&facts[*which], effective_day("", day(ago), today)?)
        }
        Wish::Matter(state) => {
            at.history.set_matter(MatterKind::ProjectProposal, matter(*state), today)
        }
        Wish::Fund(ago) => {
            let day = effective_day("", day(ago), today)?;
            at.history.add_funding(source("1"), day).map(Some)
        }
    }
}

/// Whether moves follow one another by the rules, told without asking the code under test.
fn check_moves(moves: &[StageMove], accepted: impl Fn(u32) -> bool, today: Date) {
    let mut stopped_in = None;
    assert_eq!(moves[0].from, None);
    for pair in moves.windows(2) {
        let [before, step] = pair else { unreachable!() };
        assert_eq!(step.from, Some(before.to), "the moves chain up");
        assert!(before.on <= step.on, "{} comes after {}", step.on, before.on);
        let (from, to) = (before.to, step.to);
        let allowed = match (from, to) {
            (Stage::Preparation | Stage::Construction, Stage::Suspended) => {
                stopped_in = Some(from);
                true
            }
            (Stage::Cancelled, _) => before.from == Some(to),
            (_, Stage::Cancelled) => from.rank().is_none_or(|rank| rank < 4),
            (Stage::Suspended, _) => stopped_in == Some(to),
            _ => match (from.rank(), to.rank()) {
                (Some(here), Some(there)) => here.abs_diff(there) == 1,
                _ => false,
            },
        };
        assert!(allowed, "{from} → {to} among {moves:?}");
        let into_the_library = (from, to) == (Stage::Concept, Stage::Reserve);
        assert_eq!(accepted(step.id), into_the_library, "{from} → {to}");
    }
    assert!(moves.iter().all(|step| step.on <= today), "none lies in the future");
}

/// What holds of a project at any time.
fn check_project(project: &Project, is_placed: bool) {
    let stage = project.stage;
    assert_eq!(project.moves.last().map(|last| last.to), Some(stage));
    let ever = |to| project.moves.iter().any(|step| step.to == to);
    if !is_placed && stage != Stage::Cancelled {
        assert_eq!(stage == Stage::Concept, project.filing != Filing::Accepted, "{project:?}");
    }
    if stage.rank() > Some(0) || stage == Stage::Suspended {
        assert_eq!(project.filing, Filing::Accepted, "{project:?}");
        assert!(is_placed || ever(Stage::Reserve));
    }
    if project.filing == Filing::Submitted {
        assert_eq!(stage, Stage::Concept);
    }
    let facts = &project.facts;
    for fact in project.missing() {
        let is_blank = match fact {
            Fact::Content => facts.content.is_none(),
            Fact::OwnerUnit => facts.owner_unit.is_none(),
            Fact::TotalInvestment => facts.total_investment.is_none(),
            Fact::PlannedStart => facts.planned.start.is_none(),
            Fact::PlannedFinish => facts.planned.finish.is_none(),
            Fact::Code => facts.code.is_none(),
            Fact::PreliminaryMatter => !project.has_begun_matter(),
            Fact::ApprovalDocument => !last_entry_has_document(project, Stage::Construction),
            Fact::AcceptanceDocument => !last_entry_has_document(project, Stage::Completed),
            Fact::ActualStart => project.actual.start.is_none(),
            Fact::ActualFinish => project.actual.finish.is_none(),
            Fact::InUseSince => project.in_use_since.is_none(),
            Fact::Name | Fact::Departments | Fact::Region | Fact::Area | Fact::Reason => false,
        };
        assert!(is_blank, "{fact} is there: {project:?}");
    }
}

/// Whether a stage was entered from below with a document, or later told of one.
fn last_entry_has_document(project: &Project, stage: Stage) -> bool {
    let below = |step: &StageMove| step.from.is_none_or(|from| from.rank() < stage.rank());
    let is_stop = |step: &StageMove| step.from.is_some_and(|from| from.rank().is_none());
    let from_below = |step: &StageMove| step.to == stage && below(step) && !is_stop(step);
    let entered = project.moves.iter().rposition(from_below).unwrap_or(0);
    let named = |step: &StageMove| step.basis.as_ref().is_some_and(Document::is_named);
    project.moves[entered..].iter().any(|step| step.to == stage && named(step))
}

/// What holds after an allowed change, seen from before it.
fn check_step(before: &Recorder, after: &Recorder) {
    let (old, new) = (before.project(), after.project());
    let [Change { act: first, .. }, .., Change { act, .. }] = after.history.changes() else {
        unreachable!()
    };
    let placed = matches!(first, Act::Register(registration) if registration.placed.is_some());

    let accepts = |seq: u32| {
        let at = after.history.changes().iter().find(|change| change.seq == seq);
        at.is_some_and(|change| change.act == Act::Accept)
    };
    check_moves(&new.moves, accepts, after.today);
    check_project(&new, placed);

    let segments = after.history.timeline();
    assert!(segments.windows(2).all(|pair| pair[0].from < pair[1].from));
    assert_eq!(segments.last().map(|last| &last.project), Some(&new));
    assert_eq!(after.history.at(after.today).as_ref(), Some(&new));

    if old.filing == Filing::Submitted {
        assert_eq!(old.facts, new.facts, "locked: {act:?}");
        assert_eq!(old.matters, new.matters, "locked: {act:?}");
        assert!(old.stage == new.stage || *act == Act::Accept, "locked: {act:?}");
    }
    if let Act::Move { to, basis: _, reason } = act {
        let (here, there) = (old.stage.rank(), to.rank());
        match (here, there) {
            (Some(here), Some(there)) if there > here => {
                assert_eq!(new.missing_for(*to), [], "{:?}", new.moves);
            }
            (None, Some(_)) if old.stage == Stage::Suspended => {}
            _ => assert!(reason.is_some(), "{} → {to} without a reason", old.stage),
        }
    }
    if *act == Act::Accept {
        assert_eq!(new.missing_for(Stage::Reserve), []);
        assert_eq!((new.stage, new.filing), (Stage::Reserve, Filing::Accepted));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_allowed_sequence_reaches_a_forbidden_state(
        start in 0..3_usize,
        placed in a_placing(),
        has_matter in any::<bool>(),
        wishes in proptest::collection::vec(a_wish(), 1..50),
    ) {
        let facts = [bare_facts(), full_facts(), coded_facts()][start].clone();
        let mut at = Recorder::new(facts, placed, d(6, 1));
        if has_matter {
            at.begin_matter(d(6, 1));
        }
        for wish in wishes {
            if let Wish::Wait(days) = wish {
                at.today += days.days();
            }
            if let Ok(Some(proposal)) = decide(&at, &wish) {
                let before = at.clone();
                at.record(proposal);
                check_step(&before, &at);
            }
        }
    }
}
