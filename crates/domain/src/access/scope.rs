//! Which part of the registry an account works on, and what of a project decides whether it lies
//! there.

use crate::code::{DepartmentCode, GroupCode, RegionCode};
use crate::codelist::CodeLists;
use crate::fault::Why;
use crate::filing::Filing;
use std::fmt;

/// Which part of the registry an account works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    City,
    /// What lies, also partly, in a region.
    Region(RegionCode),
    /// What names a department.
    Department(DepartmentCode),
    /// What belongs to an owning group.
    Group(GroupCode),
}

impl Scope {
    /// Reads `city`, `region:CODE`, `department:CODE` or `group:CODE`; the code may be a name.
    ///
    /// # Errors
    /// [`Why::UnknownCode`] for another word or a code that the lists do not hold.
    pub fn parse(text: &str, lists: &CodeLists) -> Result<Self, Why> {
        match text.split_once(':') {
            None if text == "city" => Ok(Self::City),
            Some(("region", code)) => lists.region(code).map(Self::Region),
            Some(("department", code)) => lists.department(code).map(Self::Department),
            Some(("group", code)) => lists.group(code).map(Self::Group),
            _ => Err(Why::UnknownCode {
                list: "scopes",
                given: text.to_owned(),
                nearest: ["city", "region:CODE", "department:CODE", "group:CODE"]
                    .map(str::to_owned)
                    .to_vec(),
            }),
        }
    }

    /// Reads back what [`fmt::Display`] wrote, without asking the lists.
    pub fn from_stored(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "city" => Some(Self::City),
            Some(("region", code)) => Some(Self::Region(RegionCode::new(code))),
            Some(("department", code)) => Some(Self::Department(DepartmentCode::new(code))),
            Some(("group", code)) => Some(Self::Group(GroupCode::new(code))),
            _ => None,
        }
    }

    /// Whether a project in reach may be seen: a railway is seen from every county it crosses.
    pub fn sees(&self, reach: &Reach) -> bool {
        match self {
            Self::Region(code) => reach.region == *code || reach.also_in.contains(code),
            _ => self.covers(reach),
        }
    }

    /// Whether a project in reach may be worked on: it counts in one region alone.
    pub fn covers(&self, reach: &Reach) -> bool {
        match self {
            Self::City => true,
            Self::Region(code) => reach.region == *code,
            Self::Department(code) => reach.departments.contains(code),
            Self::Group(code) => reach.group.as_ref() == Some(code),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::City => f.write_str("city"),
            Self::Region(code) => write!(f, "region:{code}"),
            Self::Department(code) => write!(f, "department:{code}"),
            Self::Group(code) => write!(f, "group:{code}"),
        }
    }
}

/// What access has to know of a project.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The region where it counts.
    pub region: RegionCode,
    /// Further regions.
    pub also_in: Vec<RegionCode>,
    /// Responsible departments.
    pub departments: Vec<DepartmentCode>,
    /// Owning group.
    pub group: Option<GroupCode>,
    /// The account that registered it.
    pub author: String,
    /// Where its filing stands.
    pub filing: Filing,
    /// The account that submitted it last.
    pub submitted_by: Option<String>,
}
