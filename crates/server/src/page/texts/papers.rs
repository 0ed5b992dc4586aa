//! Words of the papers.

super::texts! {
    nav_papers = "报表材料", "Papers";
    papers_title = "报表材料", "Papers";
    papers_briefing = "补短板项目推进情况", "The briefing";
    papers_hint = "按所选日期从库中取数成文，格式参照《党政机关公文格式》（GB/T 9704—2012），可在网页上查看、打印，也可下载为 Word 文件继续修改。", "Written from the registry as of the day chosen, in the form of GB/T 9704-2012: to be read and printed here, or taken away as a Word document and edited further.";
    papers_as_of = "截至日期", "As of";
    papers_since = "与哪一天相比（可不填）", "Compared with (optional)";
    papers_issuer = "发文单位（可不填，印在文末）", "Issuing office (optional, printed at the end)";
    papers_parts = "包含内容", "What it holds";
    papers_part_change = "变化情况（选了对比日期时）", "What changed (where a day to compare with is chosen)";
    papers_annex = "附件项目表", "Table of projects";
    papers_annex_stage = "按阶段排列", "By stage";
    papers_annex_area = "按领域排列", "By area";
    papers_annex_none = "不附", "None";
    papers_read = "查看", "Read";
    papers_word = "下载 Word", "Word document";
    papers_quick = "今天的材料，与以下日期相比", "Today's briefing, compared with";
    papers_choose = "重新选择", "Choose again";
    papers_print = "用浏览器的打印功能即可按 A4 打印。", "The browser prints it on A4.";
    papers_workbooks = "项目台账（Excel）", "The projects as Excel workbooks";
    papers_workbooks_hint = "需要按条件筛选的台账，请在项目库中查询后导出。", "For a filtered ledger, filter the list of projects and export that.";
    papers_one_sheet = "全部项目", "All projects";
    papers_by_stage = "分阶段（每阶段一张表）", "A sheet a stage";
    papers_by_region = "分地区（每地区一张表）", "A sheet a region";
}
