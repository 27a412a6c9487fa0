//! Texts of the page that prints a household's card.

use super::Label;

labels! {
    PRINT_TITLE "打印明白卡" "Print the household card";
    PRINT_WHY "卡上有该户的帮扶、责任人和电话、如何提出异议，以及可离线核验的二维码。卡上有个人信息，只交给本户。"
        "It has the aid booked in the household's name, who is responsible with phone, how to object, and a code that \
         is verified off line. It holds personal data: give it to the household alone.";
    PRINT_A4 "A4" "A4";
    PRINT_POCKET "口袋卡（85.6 × 54 毫米，两面）" "Pocket card (85.6 by 54 mm, two sides)";
    PRINT_LANGUAGE "卡上的文字与本页相同。" "The card is in the language of this page.";
    PRINT_HTML "网页，由浏览器打印" "Page, to print from a browser";
    PRINT_PDF "PDF" "PDF";
    PRINT_NONE "现在不能打印" "It cannot be printed now";
    PRINT_NO_PROOF "二维码要带上日志条目 {} 的证明，证明只能由节点给出，而现在无法连接节点。连接后再打印。"
        "The code carries proofs of the log entries {}. The node alone gives them, and it cannot be reached now. \
         Print it when it can.";
    PRINT_REFUSED "二维码要带上日志条目 {} 的证明，节点没有给出。"
        "The code carries proofs of the log entries {}, and the node did not give them.";
    PRINT_NOT_PROVEN "节点给出的证明与日志不符，没有采用。请告知县里的管理员。"
        "The proofs that the node gave do not hold and were not taken. Tell the administrator of the county.";
    PRINT_NO_BROWSER "本机没有可以生成 PDF 的浏览器（Chromium、Chrome 或 Edge）。请下载网页，用任何浏览器打印。"
        "This machine has no browser that makes a PDF (Chromium, Chrome or Edge). Take the page, and print that.";
}
