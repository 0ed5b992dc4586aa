//! Tells from its bytes what a file is.

use super::Unreadable;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// What can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A zip archive; whether it is a workbook shows inside.
    Xlsx,
    /// An OLE file with a workbook in it.
    Xls,
    /// Markup with tables.
    Html,
    /// Text.
    Text,
}

/// So many bytes tell text from other things, and markup from text.
const HEAD: u64 = 4096;

const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// First bytes of what people mistake for ledgers, with its names.
const OTHERS: &[(&[u8], &str, &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "PNG 图片", "a PNG picture"),
    (b"\xFF\xD8\xFF", "JPEG 图片", "a JPEG picture"),
    (b"GIF8", "GIF 图片", "a GIF picture"),
    (b"BM", "BMP 图片", "a BMP picture"),
    (b"II*\0", "TIFF 图片", "a TIFF picture"),
    (b"MM\0*", "TIFF 图片", "a TIFF picture"),
    (b"RIFF", "图片或音视频文件", "a picture, sound or film"),
    (b"%PDF", "PDF 文件", "a PDF document"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
    (b"Rar!", "RAR 压缩包", "a RAR archive"),
    (b"7z\xBC\xAF\x27\x1C", "7z 压缩包", "a 7z archive"),
    (b"\x1F\x8B", "gzip 压缩包", "a gzip archive"),
    (b"BZh", "bzip2 压缩包", "a bzip2 archive"),
    (b"\xFD7zXZ\0", "xz 压缩包", "an xz archive"),
    (b"MZ", "程序", "a program"),
    (b"\x7FELF", "程序", "a program"),
    (b"SQLite format 3\0", "数据库文件", "a database"),
    (b"%!PS", "PostScript 文件", "a PostScript document"),
];

/// Tells what a file is, and leaves it at its beginning.
///
/// # Errors
/// [`Unreadable`] for what is none of the formats; it names what it is.
pub fn format(file: &mut File) -> Result<Format, Unreadable> {
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head).map_err(|error| Unreadable::io(&error))?;
    let found = if head.is_empty() {
        return Err(Unreadable::empty());
    } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Format::Xlsx
    } else if head.starts_with(OLE) {
        ole(file)?
    } else {
        text(&head)?
    };
    file.seek(SeekFrom::Start(0)).map_err(|error| Unreadable::io(&error))?;
    Ok(found)
}

/// What an OLE file holds, by the names in its directory, whose entries have 128 bytes.
fn ole(file: &mut File) -> Result<Format, Unreadable> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(|error| Unreadable::io(&error))?;
    file.read_to_end(&mut bytes).map_err(|error| Unreadable::io(&error))?;
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).chain([0, 0]).collect();
        bytes.chunks(128).any(|entry| entry.starts_with(&name))
    };
    if has("EncryptedPackage") {
        Err(Unreadable::encrypted())
    } else if has("Workbook") || has("Book") {
        Ok(Format::Xls)
    } else if has("WordDocument") {
        Err(Unreadable::not_a_workbook("Word 文档", "a Word document"))
    } else if has("PowerPoint Document") {
        Err(Unreadable::not_a_workbook("演示文稿", "a presentation"))
    } else {
        // A truncated one has lost its directory.
        Err(Unreadable::damaged(None))
    }
}

/// What text is; what is no text is none of the formats.
fn text(head: &[u8]) -> Result<Format, Unreadable> {
    let is_utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    if is_utf16 {
        let decoded = super::csv::decode(head.to_vec()).unwrap_or_default();
        return markup(&decoded);
    }
    let other = OTHERS.iter().find(|(magic, ..)| head.starts_with(magic));
    // Two letters alone begin many a text.
    if let Some((magic, zh, en)) = other
        && (magic.len() > 2 || head.contains(&0))
    {
        return Err(Unreadable::not_a_workbook(zh, en));
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Err(Unreadable::not_a_workbook("图片或音视频文件", "a picture, sound or film"));
    }
    if head.first() == Some(&9) && head.get(1).is_some_and(|byte| matches!(byte, 0 | 2 | 4)) {
        return Err(Unreadable::other_format(
            "Excel 4.0 及更早的工作表",
            "A sheet of Excel 4.0 or older",
        ));
    }
    if head.contains(&0) {
        return Err(Unreadable::not_a_workbook(
            "无法识别的二进制文件",
            "a binary file of an unknown kind",
        ));
    }
    markup(&String::from_utf8_lossy(head))
}

fn markup(head: &str) -> Result<Format, Unreadable> {
    let head = head.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    let mut signs = head.chars().filter(|c| !c.is_whitespace());
    let first = [signs.next(), signs.next()];
    if let [Some('{'), Some('"' | '}')] | [Some('['), Some('{' | '[' | '"' | ']')] = first {
        return Err(Unreadable::not_a_workbook("JSON 文件", "a JSON document"));
    }
    if !head.starts_with('<') {
        return Ok(Format::Text);
    }
    if head.contains("urn:schemas-microsoft-com:office:spreadsheet") && !head.contains("<html") {
        return Err(Unreadable::other_format("“XML 电子表格 2003”", "An XML spreadsheet of 2003"));
    }
    Ok(Format::Html)
}
