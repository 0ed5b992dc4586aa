//! Likely duplicates: how likely two entries are one project, and why.

use crate::code::RegionCode;
use crate::credit_code::CreditCode;
use crate::facts::{Facts, OwnerUnit};
use crate::lang::Lang;
use crate::money::Money;
use crate::name::NameKey;
use crate::project_code::ProjectCode;
use crate::word::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// A reason for taking two entries to be one project.
    Reason {
        /// The project codes are the same.
        SameCode = "same_code", "项目代码相同", "same project code";
        /// The names are the same but for spelling.
        SameName = "same_name", "名称相同", "same name";
        /// The names are alike.
        SimilarName = "similar_name", "名称相近", "similar name";
        /// The region is the same.
        SameRegion = "same_region", "所在地区相同", "same region";
        /// The owner unit is the same.
        SameOwner = "same_owner", "项目单位相同", "same owner unit";
        /// The total investment is the same, or within 5 %.
        SimilarInvestment = "similar_investment", "总投资相近", "similar total investment";
    }
}

/// A reason with its sentence.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReasonText {
    /// The stable word.
    pub code: Reason,
    /// The sentence, in the caller's language.
    pub message: String,
}

impl Reason {
    /// The reason with its sentence.
    pub fn text(self, lang: Lang) -> ReasonText {
        ReasonText { code: self, message: self.label(lang).to_owned() }
    }
}

/// What is known of the entry that is looked up.
#[derive(Debug, Clone, Default)]
pub struct Probe {
    /// Name.
    pub name: Option<String>,
    /// Region code.
    pub region: Option<String>,
    /// Project code.
    pub code: Option<ProjectCode>,
    /// Owner unit, by name.
    pub owner_unit: Option<String>,
    /// Its credit code.
    pub credit_code: Option<CreditCode>,
    /// Total investment.
    pub total_investment: Option<Money>,
}

/// What of a registered project is compared; a card reads as one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Candidate {
    /// Name.
    pub name: String,
    /// The region where it counts.
    pub region: RegionCode,
    /// Further regions.
    pub also_in: Vec<RegionCode>,
    /// Project code.
    pub code: Option<ProjectCode>,
    /// Owner unit.
    pub owner_unit: Option<OwnerUnit>,
    /// Total investment.
    pub total_investment: Option<Money>,
}

impl From<&Facts> for Candidate {
    fn from(facts: &Facts) -> Self {
        Self {
            name: facts.name.clone(),
            region: facts.region.clone(),
            also_in: facts.also_in.clone(),
            code: facts.code.clone(),
            owner_unit: facts.owner_unit.clone(),
            total_investment: facts.total_investment,
        }
    }
}

/// A score from 0 to 1 and the reasons for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// From 0 to 1.
    pub score: f64,
    /// The reasons, weightiest first.
    pub reasons: Vec<Reason>,
}

/// Below this score two entries are not worth showing side by side.
pub const WORTH_SHOWING: f64 = 0.5;

impl Probe {
    /// How likely the probe and the project are one.
    ///
    /// The name carries the score; region, owner and amount, where both sides know them, raise or
    /// lower it. The same project code decides alone, since a code belongs to one project; with
    /// another part's suffix (-001) it weighs like a name.
    pub fn likeness(&self, facts: &Candidate) -> Likeness {
        let mut reasons = Vec::new();
        let mut score = 0.0_f64;
        if let (Some(mine), Some(theirs)) = (&self.code, &facts.code)
            && mine.base() == theirs.base()
        {
            reasons.push(Reason::SameCode);
            score = if mine.suffix() == theirs.suffix() { 0.98 } else { 0.7 };
        }
        let name =
            self.name.as_ref().map(|name| NameKey::new(name).likeness(&NameKey::new(&facts.name)));
        match name {
            Some(name) if name >= 0.999 => reasons.push(Reason::SameName),
            Some(name) if name >= 0.5 => reasons.push(Reason::SimilarName),
            _ => {}
        }
        let mut by_name = name.unwrap_or(0.0) * 0.85;
        for (same, reason, weight) in [
            (self.same_region(facts), Reason::SameRegion, 0.06),
            (self.same_owner(facts), Reason::SameOwner, 0.05),
            (self.similar_investment(facts), Reason::SimilarInvestment, 0.04),
        ] {
            match same {
                Some(true) => {
                    reasons.push(reason);
                    by_name += weight;
                }
                Some(false) => by_name -= weight,
                None => {}
            }
        }
        Likeness { score: score.max(by_name).clamp(0.0, 1.0), reasons }
    }

    fn same_region(&self, facts: &Candidate) -> Option<bool> {
        let region = self.region.as_ref()?;
        let lies = |code: &RegionCode| code.as_str() == region;
        Some(lies(&facts.region) || facts.also_in.iter().any(lies))
    }

    fn same_owner(&self, facts: &Candidate) -> Option<bool> {
        let theirs = facts.owner_unit.as_ref()?;
        if let (Some(mine), Some(code)) = (&self.credit_code, &theirs.credit_code) {
            return Some(mine == code);
        }
        let mine = NameKey::new(self.owner_unit.as_ref()?);
        Some(mine.likeness(&NameKey::new(&theirs.name)) >= 0.9)
    }

    fn similar_investment(&self, facts: &Candidate) -> Option<bool> {
        let (mine, theirs) = (self.total_investment?.fen(), facts.total_investment?.fen());
        Some((mine - theirs).abs() <= mine.max(theirs) / 20)
    }
}
