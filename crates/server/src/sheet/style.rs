//! How the cells of a workbook look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// The formats of a workbook.
pub struct Style {
    /// The title above the table.
    pub title: Format,
    /// What is listed.
    pub subtitle: Format,
    /// The unit, at the top right.
    pub unit: Format,
    /// A heading.
    pub header: Format,
    /// The place of a row.
    pub place: Format,
    /// Text: what is typed over it stays as it is typed, a month no day, a code no number.
    pub text: Format,
    /// An amount in 万元: with all the places it has, two at the least.
    pub money: Format,
    /// Text of the total.
    pub total: Format,
    /// An amount of the total.
    pub total_money: Format,
}

/// The typeface of tables.
const SONG: &str = "宋体";

/// The typeface of headings.
const HEI: &str = "黑体";

/// Amounts in 万元 have up to six places.
const MONEY: &str = "#,##0.00####";

impl Style {
    /// The formats.
    pub fn new() -> Self {
        let plain = Format::new()
            .set_font_name(SONG)
            .set_font_size(10)
            .set_align(FormatAlign::VerticalCenter);
        let ruled = plain.clone().set_border(FormatBorder::Thin);
        let text = ruled.clone().set_text_wrap().set_num_format("@");
        let money = ruled.clone().set_num_format(MONEY).set_align(FormatAlign::Right);
        let header = text
            .clone()
            .set_font_name(HEI)
            .set_align(FormatAlign::Center)
            .set_background_color(Color::RGB(0x00E8_EDF3));
        let total = |format: &Format| format.clone().set_font_name(HEI);
        Self {
            title: plain
                .clone()
                .set_font_name("方正小标宋简体")
                .set_font_size(20)
                .set_align(FormatAlign::Center),
            subtitle: plain.clone().set_text_wrap(),
            unit: plain.set_align(FormatAlign::Right),
            header,
            place: ruled.set_align(FormatAlign::Center),
            total: total(&text),
            total_money: total(&money),
            text,
            money,
        }
    }
}
