//! The paper: what the briefing says, before it becomes a Word document or a page.

/// A piece of text, and the list behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// What people read.
    pub text: String,
    /// Where it leads; blank for nowhere.
    pub href: String,
}

/// A line of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Run>);

/// A block of the paper.
#[derive(Debug, Clone)]
pub enum Block {
    /// 一、
    Heading(String),
    /// （一）
    Subheading(String),
    /// A paragraph.
    Text(Text),
    /// A table.
    Table(Table),
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// What people read.
    pub label: String,
    /// How wide it is, of a thousand.
    pub width: usize,
    /// Whether it holds numbers.
    pub is_number: bool,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// One of many.
    Plain,
    /// The sum of them.
    Total,
    /// The head of those below it, across all columns.
    Group,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// Its cells; of a head, one.
    pub cells: Vec<Run>,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its title.
    pub title: String,
    /// In what it counts.
    pub unit: String,
    /// What is to be known about it; blank for nothing.
    pub note: String,
    /// Whether the heads of its numbers stand upright: in English they are too long to lie.
    pub is_tall: bool,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// The table of projects.
#[derive(Debug, Clone)]
pub struct AnnexTable {
    /// What stands above it: 附件.
    pub mark: String,
    /// The table.
    pub table: Table,
}

/// A paper.
#[derive(Debug, Clone)]
pub struct Paper {
    /// The language, as documents name it.
    pub lang: &'static str,
    /// The title.
    pub title: String,
    /// What stands below the title.
    pub subtitle: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// Where an annex follows: its name.
    pub annex_line: String,
    /// Who issues it, and when.
    pub closing: Vec<String>,
    /// The table of projects.
    pub annex: Option<AnnexTable>,
    /// What its figures can be checked against.
    pub seal: String,
    /// The day of its figures.
    pub day: String,
}

impl Run {
    /// Text that leads nowhere.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: String::new() }
    }

    /// Text that leads somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

impl Text {
    /// A sentence whose places in braces are filled.
    pub fn fill(sentence: &str, places: &[(&str, Text)]) -> Self {
        let mut runs = Vec::new();
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            if !before.is_empty() {
                runs.push(Run::plain(before));
            }
            if let Some((_, text)) = places.iter().find(|(of, _)| *of == name) {
                runs.extend(text.0.iter().cloned());
            }
            rest = after;
        }
        if !rest.is_empty() {
            runs.push(Run::plain(rest));
        }
        Self(runs)
    }

    /// Texts with a mark between.
    pub fn join(texts: impl IntoIterator<Item = Text>, between: &str) -> Self {
        let mut runs = Vec::new();
        for text in texts {
            if !runs.is_empty() {
                runs.push(Run::plain(between));
            }
            runs.extend(text.0);
        }
        Self(runs)
    }

    /// What people read.
    pub fn plain(&self) -> String {
        self.0.iter().map(|run| run.text.as_str()).collect()
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(vec![Run::plain(text)])
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(vec![Run::plain(text)])
    }
}

impl From<Run> for Text {
    fn from(run: Run) -> Self {
        Self(vec![run])
    }
}

impl Row {
    /// The head of the rows below it.
    pub fn group(text: impl Into<String>) -> Self {
        Self { kind: RowKind::Group, cells: vec![Run::plain(text)] }
    }
}

impl RowKind {
    /// Whether it goes across all columns.
    pub fn is_group(self) -> bool {
        self == Self::Group
    }

    /// The word of style sheets.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Total => "total",
            Self::Group => "group",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_what_stands_in_them_is_taken_as_it_is() {
        let text = Text::fill("共{n}，{money}。", &[("n", "3个".into()), ("money", "{n}".into())]);
        assert_eq!(text.plain(), "共3个，{n}。");
        assert_eq!(Text::fill("没有", &[]).plain(), "没有");
    }
}
