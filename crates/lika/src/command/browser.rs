//! Why a browser of this machine printed no card.

use crate::exit::Failure;
use lika_card::{BROWSER_VARIABLE, PdfError};

/// Says what to do without a PDF.
pub(super) fn not_printed(error: PdfError) -> Failure {
    match error {
        PdfError::NoBrowser => Failure::told(
            "browser_missing",
            format!(
                "生成 PDF 需要 Chromium、Chrome 或 Edge：请安装其一，或用 {BROWSER_VARIABLE} 指定；也可生成 .html 后由浏览器打印"
            ),
            format!(
                "a PDF needs Chromium, Chrome or Edge: install one or name it in {BROWSER_VARIABLE}, or write an \
                 .html file and print it from any browser"
            ),
        ),
        other => Failure::told(
            "browser_failed",
            format!("浏览器没有生成 PDF：{other}；可生成 .html 后自行打印"),
            format!("the browser printed no PDF: {other}; write an .html file"),
        ),
    }
}
