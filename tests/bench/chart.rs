//! Growth at a glance: the results of three sizes as one plain SVG, a small panel for each work.

use anyhow::{Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The sizes whose results are drawn.
const SIZES: [u32; 3] = [10_000, 100_000, 1_000_000];

/// Panels in a row.
const COLUMNS: usize = 4;

/// A panel's outer size and its margins, in pixels.
const WIDTH: f64 = 250.0;
const HEIGHT: f64 = 170.0;
const LEFT: f64 = 28.0;
const TOP: f64 = 52.0;
const BOTTOM: f64 = 24.0;

/// The databases, and how each is drawn.
const LINES: [(&str, &str); 2] = [("sqlite", "#1f5fa8"), ("postgres", "#b4541a")];

/// A work's figures: by database, the size with its figure.
type Figures = BTreeMap<&'static str, Vec<(u32, f64)>>;

/// Draws the results of a folder.
pub fn write(results: &Path, file: &Path) -> Result<()> {
    let mut panels: Vec<(String, String, Figures)> = Vec::new();
    for (database, _) in LINES {
        for size in SIZES {
            let Ok(text) = std::fs::read(results.join(format!("{database}-{size}.json"))) else {
                continue;
            };
            let run: Value = serde_json::from_slice(&text)?;
            for row in run["rows"].as_array().into_iter().flatten() {
                let (Some(work), Some(figure)) = (row["work"].as_str(), row["figure"].as_f64())
                else {
                    continue;
                };
                if work.ends_with(": growth") || work == "the constant" {
                    continue;
                }
                let at = panels.iter().position(|(known, ..)| known == work).unwrap_or_else(|| {
                    let unit = row["unit"].as_str().unwrap_or_default().to_owned();
                    panels.push((work.to_owned(), unit, Figures::new()));
                    panels.len() - 1
                });
                panels[at].2.entry(database).or_default().push((size, figure));
            }
        }
    }
    ensure!(!panels.is_empty(), "{} holds no results to draw", results.display());
    Ok(std::fs::write(file, svg(&panels))?)
}

fn svg(panels: &[(String, String, Figures)]) -> String {
    let rows = panels.len().div_ceil(COLUMNS);
    let (width, height) = (WIDTH * COLUMNS as f64, HEIGHT * rows as f64 + 30.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    for (number, (database, colour)) in LINES.iter().enumerate() {
        let x = LEFT + 90.0 * number as f64;
        svg.push_str(&format!(
            "<circle cx=\"{x}\" cy=\"14\" r=\"4\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"18\">{database}</text>\n",
            x + 8.0
        ));
    }
    svg.push_str(&format!(
        "<text x=\"{}\" y=\"18\" fill=\"#666666\">figures over 10,000, 100,000 and 1,000,000 projects; \
         each panel from zero to its largest</text>\n",
        LEFT + 190.0
    ));
    for (number, panel) in panels.iter().enumerate() {
        let x = WIDTH * (number % COLUMNS) as f64;
        let y = HEIGHT * (number / COLUMNS) as f64 + 30.0;
        svg.push_str(&panel_svg(panel, x, y));
    }
    svg.push_str("</svg>\n");
    svg
}

fn panel_svg((work, unit, figures): &(String, String, Figures), x: f64, y: f64) -> String {
    let largest = figures.values().flatten().map(|(_, figure)| *figure).fold(0.0, f64::max);
    let (inner, floor) = (WIDTH - 2.0 * LEFT, HEIGHT - BOTTOM - 14.0);
    let first = f64::from(SIZES[0]).log10();
    let decades = f64::from(SIZES[SIZES.len() - 1]).log10() - first;
    let across = |size: u32| LEFT + inner * (f64::from(size).log10() - first) / decades;
    let up = |figure: f64| floor - (floor - TOP) * figure / largest.max(f64::MIN_POSITIVE);
    let mut svg = format!(
        "<g transform=\"translate({x} {y})\">\n<text x=\"{LEFT}\" y=\"14\">{}</text>\n\
         <text x=\"{LEFT}\" y=\"28\" fill=\"#666666\">{}</text>\n\
         <line x1=\"{LEFT}\" y1=\"{floor}\" x2=\"{}\" y2=\"{floor}\" stroke=\"#999999\"/>\n",
        escaped(work),
        escaped(unit),
        LEFT + inner
    );
    for (size, label) in SIZES.iter().zip(["10k", "100k", "1M"]) {
        svg.push_str(&format!(
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\" fill=\"#666666\">{label}</text>\n",
            across(*size),
            floor + 26.0
        ));
    }
    for (database, colour) in LINES {
        let Some(points) = figures.get(database) else { continue };
        let line: Vec<String> = points
            .iter()
            .map(|(size, figure)| format!("{:.1},{:.1}", across(*size), up(*figure)))
            .collect();
        svg.push_str(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>\n",
            line.join(" ")
        ));
        for (size, figure) in points {
            // The higher figure stands above its point, the lower one below, so that both are read.
            let is_lower =
                figures.values().flatten().any(|(at, other)| at == size && other > figure);
            let below = if is_lower { 13.0 } else { -5.0 };
            svg.push_str(&format!(
                "<circle cx=\"{0:.1}\" cy=\"{1:.1}\" r=\"2.5\" fill=\"{colour}\"/>\
                 <text x=\"{0:.1}\" y=\"{2:.1}\" text-anchor=\"middle\" fill=\"{colour}\">{3}</text>\n",
                across(*size),
                up(*figure),
                up(*figure) + below,
                told(*figure)
            ));
        }
    }
    svg.push_str("</g>\n");
    svg
}

fn told(figure: f64) -> String {
    if figure >= 100.0 {
        format!("{figure:.0}")
    } else if figure >= 10.0 {
        format!("{figure:.1}")
    } else {
        format!("{figure:.2}")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
