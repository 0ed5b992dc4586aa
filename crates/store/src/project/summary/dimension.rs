//! What summaries count by: dimensions, and the groupings of one or two of them that are kept.

use serde::Serialize;
use shortboard_domain::codelist::ListName;
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// What a summary counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Stage.
    Stage,
    /// Task area.
    Area,
    /// The region where projects count.
    Region,
    /// Owning group; blank for none.
    Group,
    /// Channel of funding; blank for the untagged. Rows overlap.
    Channel,
    /// Department named; rows overlap.
    Department,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 6] =
        [Self::Stage, Self::Area, Self::Region, Self::Group, Self::Channel, Self::Department];

    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Area => "area",
            Self::Region => "region",
            Self::Group => "group",
            Self::Channel => "channel",
            Self::Department => "department",
        }
    }

    /// Whether a project may stand in several rows, so that the rows must not be added up.
    pub fn overlaps(self) -> bool {
        matches!(self, Self::Channel | Self::Department)
    }

    /// The code list of its values; stages are the domain's.
    pub(super) fn list(self) -> Option<ListName> {
        match self {
            Self::Stage => None,
            Self::Area => Some(ListName::Areas),
            Self::Region => Some(ListName::Regions),
            Self::Group => Some(ListName::Groups),
            Self::Channel => Some(ListName::Channels),
            Self::Department => Some(ListName::Departments),
        }
    }

    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Area => "area",
            Self::Region => "region",
            Self::Group => "owner_group",
            Self::Channel => "channels",
            Self::Department => "departments",
        }
    }
}

impl FromStr for Dimension {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|dimension| dimension.as_str() == text).ok_or(())
    }
}

/// One dimension, or two in the order of [`Dimension::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grouping {
    pub first: Dimension,
    pub second: Option<Dimension>,
}

impl Grouping {
    /// The grouping by some dimensions, in whatever order; none by three.
    pub fn of(dimensions: &[Dimension]) -> Option<Self> {
        match dimensions {
            [first] => Some(Self { first: *first, second: None }),
            [one, other] if one != other => {
                let (first, second) = (*one.min(other), *one.max(other));
                Some(Self { first, second: Some(second) })
            }
            _ => None,
        }
    }

    /// Every grouping.
    pub fn all() -> impl Iterator<Item = Self> {
        let seconds = || Dimension::ALL.into_iter().map(Some).chain([None]);
        let pairs = Dimension::ALL
            .into_iter()
            .flat_map(move |first| seconds().map(move |second| Self { first, second }));
        pairs.filter(|pair| pair.second.is_none_or(|second| pair.first < second))
    }

    /// A number of its own.
    pub fn number(self) -> u32 {
        let second = self.second.map_or(0, |second| second as u32 + 1);
        (self.first as u32) << 8 | second
    }
}

/// As the table has it.
impl fmt::Display for Grouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.first.as_str())?;
        self.second.map_or(Ok(()), |second| write!(f, ",{}", second.as_str()))
    }
}

impl FromStr for Grouping {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let dimensions: Result<Vec<Dimension>, ()> = text.split(',').map(str::parse).collect();
        Self::of(&dimensions?).ok_or(())
    }
}
