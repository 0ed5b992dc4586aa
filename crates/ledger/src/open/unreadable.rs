//! Why a file cannot be read: a stable word and a sentence in both languages.

use crate::sheet::letters;

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message_en}")]
pub struct Unreadable {
    /// A stable word, such as `not_a_workbook`, `encrypted`, `too_large`.
    pub code: &'static str,
    /// The sentence, in Chinese.
    pub message: String,
    /// The same in English.
    pub message_en: String,
}

/// The words of [`Unreadable::code`].
const CODES: [&str; 9] = [
    "empty",
    "encrypted",
    "damaged",
    "far_cell",
    "no_sheets",
    "not_a_workbook",
    "other_format",
    "too_large",
    "too_slow",
];

impl Unreadable {
    /// One that came from another process.
    pub fn told(code: &str, message: String, message_en: String) -> Self {
        let code = CODES.into_iter().find(|known| *known == code).unwrap_or("damaged");
        Self { code, message, message_en }
    }

    /// The file is damaged: the reader of its format says how, or gave up over it.
    pub fn damaged(why: Option<&dyn std::fmt::Display>) -> Self {
        let why = why.map(|why| why.to_string()).filter(|why| !why.is_empty());
        let (zh, en) = match &why {
            Some(why) => (format!("（{why}）"), format!(" ({why})")),
            None => Default::default(),
        };
        Self::new(
            "damaged",
            format!(
                "文件已损坏或不完整，无法读取{zh}：请用 Excel 或 WPS 打开并另存为 .xlsx 后再试。"
            ),
            format!(
                "The file is damaged or incomplete{en}: open it in Excel or WPS, save it as .xlsx and \
                 try again."
            ),
        )
    }

    /// The reading takes more memory than it may.
    pub fn too_much_memory() -> Self {
        Self::new(
            "too_large",
            "读取该文件所需的内存超出上限：请删去表格以外的内容，或拆成几个文件后再试。",
            "Reading the file takes more memory than is allowed: delete what lies outside its tables, \
             or split it into several files.",
        )
    }

    /// The reading takes longer than it may.
    pub fn too_slow(seconds: u64) -> Self {
        Self::new(
            "too_slow",
            format!("读取该文件超过 {seconds} 秒，已停止：请拆成几个文件后再试。"),
            format!(
                "Reading the file took longer than {seconds} seconds and was stopped: split it into \
                 several files."
            ),
        )
    }

    pub(super) fn new(
        code: &'static str,
        message: impl Into<String>,
        message_en: impl Into<String>,
    ) -> Self {
        Self { code, message: message.into(), message_en: message_en.into() }
    }

    pub(super) fn io(error: &std::io::Error) -> Self {
        Self::new(
            "damaged",
            format!("文件无法读取（{error}）。"),
            format!("The file cannot be read ({error})."),
        )
    }

    pub(super) fn empty() -> Self {
        Self::new("empty", "文件是空的，没有任何内容。", "The file is empty.")
    }

    pub(super) fn no_sheets() -> Self {
        Self::new("no_sheets", "工作簿中没有工作表。", "The workbook has no worksheet.")
    }

    pub(super) fn encrypted() -> Self {
        Self::new(
            "encrypted",
            "文件设有密码：请在 Excel 或 WPS 中取消密码，保存后再试。",
            "The file is password-protected: take the password off in Excel or WPS, save it and try \
             again.",
        )
    }

    /// The file is something else altogether, named in both languages.
    pub(super) fn not_a_workbook(zh: &str, en: &str) -> Self {
        Self::new(
            "not_a_workbook",
            format!("这是{zh}，不是工作簿：请上传 .xlsx、.xls 或 .csv 文件。"),
            format!("This is {en}, no workbook: .xlsx, .xls and .csv files can be read."),
        )
    }

    /// The file is a table of a kind that is not read, named in both languages.
    pub(super) fn other_format(zh: &str, en: &str) -> Self {
        Self::new(
            "other_format",
            format!("不支持{zh}：请用 Excel 或 WPS 打开并另存为 .xlsx 后再试。"),
            format!(
                "{en} cannot be read: open it in Excel or WPS, save it as .xlsx and try again."
            ),
        )
    }

    pub(super) fn file_too_large(bytes: u64, limit: u64) -> Self {
        let (size, limit) = (bytes.div_ceil(1 << 20), limit >> 20);
        Self::new(
            "too_large",
            format!("文件有 {size} MB，超过 {limit} MB 的上限：请拆成几个文件后再试。"),
            format!(
                "The file has {size} MB, more than the {limit} MB that can be read: split it into \
                 several files."
            ),
        )
    }

    pub(super) fn unpacks_too_large(limit: u64) -> Self {
        let limit = limit >> 20;
        Self::new(
            "too_large",
            format!("文件解压后超过 {limit} MB 的上限：请拆成几个文件后再试。"),
            format!(
                "Unpacked, the file has more than the {limit} MB that can be read: split it into \
                 several files."
            ),
        )
    }

    pub(super) fn packed_too_tightly() -> Self {
        Self::new(
            "too_large",
            "文件的压缩比异常，解压后的内容远大于任何台账，未予读取：请用 Excel 或 WPS 另存后再试。",
            "The file is packed more tightly than any ledger and was not unpacked: save it anew in \
             Excel or WPS and try again.",
        )
    }

    pub(super) fn too_many_sheets(sheets: usize, limit: usize) -> Self {
        Self::new(
            "too_large",
            format!("工作簿有 {sheets} 个工作表，超过 {limit} 个的上限：请拆成几个文件后再试。"),
            format!(
                "The workbook has {sheets} worksheets, more than the {limit} that can be read: split \
                 it into several files."
            ),
        )
    }

    pub(super) fn too_many_cells(sheet: &str, limit: usize) -> Self {
        Self::new(
            "too_large",
            format!("工作表“{sheet}”的单元格超过 {limit} 个的上限：请拆成几个文件后再试。"),
            format!(
                "The sheet \"{sheet}\" has more than the {limit} cells that can be read: split it \
                 into several files."
            ),
        )
    }

    /// A cell lies beyond the rows and columns that are read.
    pub(super) fn far_cell(sheet: &str, row: u32, column: u32, rows: u32, columns: u16) -> Self {
        let last = letters(columns.saturating_sub(1));
        let at = match u16::try_from(column) {
            Ok(column) => format!("{}{}", letters(column), u64::from(row) + 1),
            Err(_) => format!("R{}C{}", u64::from(row) + 1, u64::from(column) + 1),
        };
        Self::new(
            "far_cell",
            format!(
                "工作表“{sheet}”的单元格 {at} 有内容，超出可读范围（最多 {rows} 行、到 {last} 列）：\
                 请删去该处内容，或拆成几个文件后再试。"
            ),
            format!(
                "Cell {at} of the sheet \"{sheet}\" lies beyond what can be read ({rows} rows, columns \
                 to {last}): clear it, or split the file."
            ),
        )
    }
}
