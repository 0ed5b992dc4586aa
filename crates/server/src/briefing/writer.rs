//! Writes the paper: the parts in their order, with their headings.

use super::paper::{Block, Paper, Run, Table, Text};
use super::question::{Annex, Part};
use super::viewer::Viewer;
use super::{amount, annex, attention, change, overall, parts};
use shortboard_domain::lang::Lang;
use shortboard_store::Store;

/// The blocks as they are written, with their headings counted.
pub struct Writer<'a> {
    /// Who writes.
    pub viewer: Viewer<'a>,
    blocks: Vec<Block>,
    headings: usize,
    subheadings: usize,
}

impl Writer<'_> {
    /// A heading: 一、
    pub fn heading(&mut self, text: &str) {
        self.headings += 1;
        self.subheadings = 0;
        let number = amount::ordinal(self.headings, self.viewer.t).into();
        let text = Text::fill(
            self.viewer.t.pick("{number}、{text}", "{number}. {text}"),
            &[("number", number), ("text", text.into())],
        );
        self.blocks.push(Block::Heading(text.plain()));
    }

    /// A heading below one: （一）
    pub fn subheading(&mut self, text: &str) {
        self.subheadings += 1;
        let number = amount::ordinal(self.subheadings, self.viewer.t).into();
        let pattern = self.viewer.t.pick("（{number}）{text}", "({number}) {text}");
        let text = Text::fill(pattern, &[("number", number), ("text", text.into())]);
        self.blocks.push(Block::Subheading(text.plain()));
    }

    /// A paragraph of sentences.
    pub fn paragraph(&mut self, sentences: impl IntoIterator<Item = Text>) {
        // Chinese sentences follow one another without a blank.
        let between = if self.viewer.t.0 == Lang::Zh { "" } else { " " };
        let mut text = Text::join(sentences, between);
        text.0.retain(|run| !run.text.is_empty());
        if !text.is_empty() {
            self.blocks.push(Block::Text(text));
        }
    }

    /// A table.
    pub fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }
}

/// What writes a part.
type Write = fn(&mut Writer<'_>);

/// The paper of the figures.
pub fn write(viewer: Viewer<'_>, store: &Store) -> Paper {
    let (t, question) = (viewer.t, viewer.question);
    let place = viewer.place();
    let titled = |alone: &'static str, of: &'static str| match place.is_empty() {
        true => alone.to_owned(),
        false => Text::fill(of, &[("where", place.as_str().into())]).plain(),
    };
    let mut writer = Writer { viewer, blocks: Vec::new(), headings: 0, subheadings: 0 };
    let day = amount::day(question.day, t);
    if overall::write(&mut writer) {
        let written: [(Part, Write); 5] = [
            (Part::Stage, parts::stages),
            (Part::Area, parts::areas),
            (Part::Region, parts::regions),
            (Part::Group, parts::groups),
            (Part::Funding, parts::funding),
        ];
        for (part, write) in written {
            if question.has(part) {
                write(&mut writer);
            }
        }
    }
    if question.has(Part::Change) {
        change::write(&mut writer);
    }
    if question.has(Part::Attention) {
        attention::write(&mut writer);
    }
    let annex_title = titled(t.brief_annex_title(), t.brief_annex_title_of());
    let annex = match question.annex {
        Annex::None => None,
        by => annex::of(viewer, by, annex_title.clone()),
    };
    let annex_line = Text::fill(t.brief_annex_line(), &[("title", annex_title.into())]);
    let mut closing: Vec<String> = question.issuer.iter().cloned().collect();
    closing.push(day.clone());
    Paper {
        lang: if t.0 == Lang::Zh { "zh-CN" } else { "en-GB" },
        title: titled(t.brief_title(), t.brief_title_of()),
        subtitle: Text::fill(t.brief_subtitle(), &[("day", day.into())]).plain(),
        blocks: writer.blocks,
        annex_line: annex.as_ref().map(|_| annex_line.plain()).unwrap_or_default(),
        closing,
        annex,
        seal: seal(viewer, store),
        day: question.day.to_string(),
    }
}

/// What the figures can be checked against.
fn seal(viewer: Viewer<'_>, store: &Store) -> String {
    let t = viewer.t;
    let Some(statement) = &viewer.figures.checkpoint else {
        return t.brief_no_seal().to_owned();
    };
    let time = store.local(statement.made_at);
    let clock = format!("{:02}:{:02}", time.hour(), time.minute());
    let places = [
        ("epoch", Text::from(statement.epoch.to_string())),
        ("time", format!("{} {clock}", amount::day(time.date(), t)).into()),
        ("chains", statement.chains.to_string().into()),
        ("records", statement.records.to_string().into()),
        ("heads", Run::plain(statement.heads.clone()).into()),
    ];
    Text::fill(t.brief_seal(), &places).plain()
}
