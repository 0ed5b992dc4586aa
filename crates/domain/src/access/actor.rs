//! Who acts, what they see, and the permits that only they can make.

use super::{Action, Reach, Role, Scope, allows, is_operators};
use crate::filing::Filing;

/// Whoever acts: an account, or the person who runs the program on its machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    name: String,
    standing: Standing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    Account { role: Role, scope: Scope },
    Operator,
}

/// The account's role has no right to the action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{actor} may not {action}")]
pub struct Denied {
    /// Who asked.
    pub actor: String,
    /// For what.
    pub action: Action,
    /// Why, when it is not the role alone.
    pub because: Option<DeniedBecause>,
}

/// Why an account whose role has the right may not use it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeniedBecause {
    /// The project lies outside of its scope.
    Scope,
    /// Four eyes: the one who submitted does not review.
    FourEyes,
    /// Only city scope may.
    CityOnly,
    /// It is another account's project, or no longer the author's to change.
    NotOwn,
    /// It is the account's own: another administrator changes it.
    OwnAccount,
}

/// Leave to do one action; made by [`Actor::permit`] and its like alone.
#[derive(Debug, Clone)]
pub struct Permit {
    actor: Actor,
    action: Action,
}

impl Permit {
    /// Who acts, as the audit trail names it.
    pub fn actor(&self) -> &str {
        self.actor.name()
    }

    /// What may be done.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Whether it holds for a project as it is found when it is locked for the write: between the
    /// asking and the writing, somebody else may have moved it.
    ///
    /// # Errors
    /// [`Denied`]
    pub fn holds_for(&self, reach: &Reach) -> Result<(), Denied> {
        self.actor.permit_on(self.action, reach).map(drop)
    }
}

/// What an actor sees: the scope that every read takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Within which part of the registry.
    pub scope: Scope,
    /// Which projects that are not accepted.
    pub drafts: Drafts,
}

/// Which projects that are not accepted an actor sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drafts {
    /// None.
    None,
    /// Those of one author, wherever they lie.
    Of(String),
    /// All in scope, and those of one author wherever they lie.
    All(String),
}

impl Sight {
    /// All of the registry, for the program's own checks.
    pub fn everything() -> Self {
        Self { scope: Scope::City, drafts: Drafts::All(String::new()) }
    }

    /// Whether a project is seen.
    pub fn sees(&self, reach: &Reach) -> bool {
        let own = match &self.drafts {
            Drafts::None => false,
            Drafts::Of(author) | Drafts::All(author) => *author == reach.author,
        };
        let shown = reach.filing == Filing::Accepted || matches!(self.drafts, Drafts::All(_));
        own || (shown && self.scope.sees(reach))
    }
}

impl Actor {
    /// An account that has signed in or shown its token.
    pub fn account(name: impl Into<String>, role: Role, scope: Scope) -> Self {
        Self { name: name.into(), standing: Standing::Account { role, scope } }
    }

    /// The person who runs the program on its machine: sets up, seeds, keeps accounts.
    pub fn operator() -> Self {
        Self { name: "operator".into(), standing: Standing::Operator }
    }

    /// The name the trail records.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The role, of an account.
    pub fn role(&self) -> Option<Role> {
        match &self.standing {
            Standing::Account { role, .. } => Some(*role),
            Standing::Operator => None,
        }
    }

    /// The scope, of an account.
    pub fn scope(&self) -> Option<&Scope> {
        match &self.standing {
            Standing::Account { scope, .. } => Some(scope),
            Standing::Operator => None,
        }
    }

    /// What the actor sees of the projects.
    ///
    /// # Errors
    /// [`Denied`] for roles that do not work with projects (三员).
    pub fn sight(&self) -> Result<Sight, Denied> {
        let Standing::Account { role, scope } = &self.standing else {
            return Ok(Sight::everything());
        };
        if !allows(*role, Action::ReadProjects) {
            return Err(self.denied(Action::ReadProjects, None));
        }
        let author = self.name.clone();
        let drafts = match role {
            Role::Registrar | Role::Finance => Drafts::All(author),
            Role::Reporter => Drafts::Of(author),
            _ => Drafts::None,
        };
        Ok(Sight { scope: scope.clone(), drafts })
    }

    /// Leave for an action that concerns no project.
    ///
    /// # Errors
    /// [`Denied`]
    pub fn permit(&self, action: Action) -> Result<Permit, Denied> {
        match &self.standing {
            Standing::Operator if is_operators(action) => Ok(self.grant(action)),
            Standing::Account { role, .. } if allows(*role, action) => Ok(self.grant(action)),
            _ => Err(self.denied(action, None)),
        }
    }

    /// Leave for an action on a project.
    ///
    /// # Errors
    /// [`Denied`], with the reason when the role alone would do.
    pub fn permit_on(&self, action: Action, reach: &Reach) -> Result<Permit, Denied> {
        let permit = self.permit(action)?;
        let Standing::Account { role, scope } = &self.standing else { return Ok(permit) };
        let own = reach.author == self.name;
        let because = match action {
            Action::ReviewFiling | Action::PlaceProject if *scope != Scope::City => {
                Some(DeniedBecause::CityOnly)
            }
            Action::ReviewFiling if reach.submitted_by.as_ref() == Some(&self.name) => {
                Some(DeniedBecause::FourEyes)
            }
            Action::ChangeFacts | Action::ImportProjects | Action::SubmitFiling
                if *role == Role::Reporter && (!own || reach.filing == Filing::Accepted) =>
            {
                Some(DeniedBecause::NotOwn)
            }
            Action::SubmitFiling if own => None,
            _ => (!scope.covers(reach)).then_some(DeniedBecause::Scope),
        };
        match because {
            None => Ok(permit),
            Some(because) => Err(self.denied(action, Some(because))),
        }
    }

    fn grant(&self, action: Action) -> Permit {
        Permit { actor: self.clone(), action }
    }

    fn denied(&self, action: Action, because: Option<DeniedBecause>) -> Denied {
        Denied { actor: self.name.clone(), action, because }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{DepartmentCode, RegionCode};

    fn reach() -> Reach {
        Reach {
            region: RegionCode::new("210726"),
            also_in: vec![RegionCode::new("210727")],
            departments: vec![DepartmentCode::new("finance_bureau")],
            group: None,
            author: "reporter".into(),
            filing: Filing::Draft,
            submitted_by: None,
        }
    }

    fn actor(role: Role, scope: &str) -> Actor {
        Actor::account(role.as_str(), role, Scope::from_stored(scope).unwrap())
    }

    #[test]
    fn drafts_are_seen_by_their_author_and_by_registrars_and_finance_in_scope() {
        let sees = |role, scope| actor(role, scope).sight().is_ok_and(|s| s.sees(&reach()));
        assert!(sees(Role::Reporter, "region:210702"), "the author, wherever it lies");
        assert!(sees(Role::Registrar, "region:210726"));
        assert!(sees(Role::Finance, "region:210727"), "a region it also lies in");
        assert!(!sees(Role::Registrar, "region:210702"));
        assert!(!sees(Role::Leader, "city"));
        assert!(!sees(Role::Supervisor, "city"));
        assert!(!sees(Role::Auditor, "city"));
    }

    #[test]
    fn a_region_it_only_crosses_may_look_but_not_change() {
        let registrar = actor(Role::Registrar, "region:210727");
        let denied = registrar.permit_on(Action::MoveStage, &reach()).unwrap_err();
        assert_eq!(denied.because, Some(DeniedBecause::Scope));
    }

    #[test]
    fn review_takes_city_scope_and_other_eyes() {
        let mut submitted = reach();
        submitted.filing = Filing::Submitted;
        submitted.submitted_by = Some("registrar".into());
        let because = |scope: &str, name: &str| {
            Actor::account(name, Role::Registrar, Scope::from_stored(scope).unwrap())
                .permit_on(Action::ReviewFiling, &submitted)
                .map(|_| ())
                .map_err(|denied| denied.because)
        };
        assert_eq!(because("city", "reviewer"), Ok(()));
        assert_eq!(because("city", "registrar"), Err(Some(DeniedBecause::FourEyes)));
        assert_eq!(because("region:210726", "reviewer"), Err(Some(DeniedBecause::CityOnly)));
    }

    #[test]
    fn a_reporter_changes_its_own_until_it_is_accepted() {
        let reporter = actor(Role::Reporter, "region:210726");
        assert!(reporter.permit_on(Action::ChangeFacts, &reach()).is_ok());
        let accepted = Reach { filing: Filing::Accepted, ..reach() };
        assert!(reporter.permit_on(Action::ChangeFacts, &accepted).is_err());
        let foreign = Reach { author: "somebody".into(), ..reach() };
        assert!(reporter.permit_on(Action::ChangeFacts, &foreign).is_err());
    }

    #[test]
    fn the_three_administrators_share_no_right() {
        for action in Action::ALL.iter().filter(|action| **action != Action::UseDesk) {
            let holders = [Role::Sysadmin, Role::Secadmin, Role::Auditor]
                .into_iter()
                .filter(|role| allows(*role, *action))
                .count();
            assert!(holders <= 1, "{action} is held by {holders} of the three");
        }
    }

    #[test]
    fn the_operator_does_no_business() {
        let operator = Actor::operator();
        for action in [Action::TagFunding, Action::MoveStage, Action::ReviewFiling] {
            assert!(operator.permit(action).is_err());
        }
    }
}
