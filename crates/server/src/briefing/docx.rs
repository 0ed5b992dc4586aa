//! The briefing as a Word document, in the form of GB/T 9704-2012: WordprocessingML (ISO/IEC 29500)
//! from templates, put together in a zip archive.

use super::paper::{Block, Column, Paper};
use crate::page::Texts;
use crate::problem::Failure;
use askama::Template;
use shortboard_domain::lang::Lang;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The media type of a Word document.
pub const MEDIA_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The widths of the text, upright (156 mm) and across (225 mm), in twentieths of a point.
const UPRIGHT: usize = 8844;
const ACROSS: usize = 12755;

/// The fonts that the standard names, as they are called where they are installed.
#[derive(Debug, Clone, Copy)]
struct Fonts {
    /// 小标宋, of the title.
    title: &'static str,
    /// 仿宋, of the text.
    body: &'static str,
    /// 黑体, of 一、
    heading: &'static str,
    /// 楷体, of （一）
    subheading: &'static str,
    /// 宋体, of page numbers and tables.
    plain: &'static str,
    /// Of Latin letters and digits.
    latin: &'static str,
}

const FONTS: Fonts = Fonts {
    title: "方正小标宋简体",
    body: "仿宋_GB2312",
    heading: "黑体",
    subheading: "楷体_GB2312",
    plain: "宋体",
    latin: "Times New Roman",
};

#[derive(Template)]
#[template(path = "briefing_document.xml")]
struct Document<'a> {
    paper: &'a Paper,
    upright: usize,
    across: usize,
}

#[derive(Template)]
#[template(path = "briefing_styles.xml")]
struct Styles<'a> {
    paper: &'a Paper,
    fonts: Fonts,
}

#[derive(Template)]
#[template(path = "briefing_footer.xml")]
struct Footer {
    is_even: bool,
}

#[derive(Template)]
#[template(path = "briefing_core.xml")]
struct Core<'a> {
    paper: &'a Paper,
    creator: &'static str,
}

#[derive(Template)]
#[template(path = "briefing_types.xml")]
struct Types;

#[derive(Template)]
#[template(path = "briefing_links.xml")]
struct Links;

#[derive(Template)]
#[template(path = "briefing_document_links.xml")]
struct DocumentLinks;

#[derive(Template)]
#[template(path = "briefing_settings.xml")]
struct Settings<'a> {
    paper: &'a Paper,
}

/// The Word document; the same paper is the same file to the byte.
///
/// # Errors
/// [`Failure::Internal`] when it cannot be written.
pub fn docx(paper: &Paper, lang: Lang) -> Result<Vec<u8>, Failure> {
    written(paper, lang).map_err(|error| {
        tracing::error!(%error, "the document could not be written");
        Failure::Internal
    })
}

fn written(paper: &Paper, lang: Lang) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let creator = Texts(lang).brief_program();
    let parts: [(&str, String); 9] = [
        // The first entry tells what kind of archive it is.
        ("[Content_Types].xml", Types.render()?),
        ("_rels/.rels", Links.render()?),
        ("docProps/core.xml", Core { paper, creator }.render()?),
        ("word/_rels/document.xml.rels", DocumentLinks.render()?),
        ("word/styles.xml", Styles { paper, fonts: FONTS }.render()?),
        ("word/settings.xml", Settings { paper }.render()?),
        ("word/footer1.xml", Footer { is_even: false }.render()?),
        ("word/footer2.xml", Footer { is_even: true }.render()?),
        ("word/document.xml", Document { paper, upright: UPRIGHT, across: ACROSS }.render()?),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, text) in parts {
        archive.start_file(name, options)?;
        archive.write_all(permitted(text).as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// A text without the characters that XML 1.0 cannot hold, however they are written.
fn permitted(text: String) -> String {
    let is_permitted = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(is_permitted) {
        text
    } else {
        text.chars().filter(|c| is_permitted(*c)).collect()
    }
}

impl Column {
    /// Its width of a text's, in twentieths of a point.
    fn twips(&self, of: &usize) -> usize {
        self.width * of / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        assert_eq!(permitted("水\u{0}库\u{b}\u{ffff}".to_owned()), "水库");
        assert_eq!(permitted("a\tb\u{1f600}".to_owned()), "a\tb\u{1f600}");
    }
}
