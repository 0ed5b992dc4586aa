//! Words of the files that leave: workbooks and sheets for print.

super::texts! {
    file_name = "补短板项目清单", "projects";
    file_title = "补短板项目清单", "Projects that remedy weak spots";
    file_unit = "单位：万元", "Unit: 10,000 yuan";
    file_all = "全部项目", "All projects";
    file_picked = "所选项目", "Selected projects";
    file_known_at = "记录截止", "As recorded by";
    file_place = "序号", "No.";
    file_sheet = "项目清单", "Projects";
    file_summary = "汇总", "Summary";
    file_summary_title = "补短板项目汇总", "Summary of projects";
    file_count = "项目数", "Projects";
    file_footer = "第 &P 页，共 &N 页", "Page &P of &N";
    file_arrived = "已到位", "arrived";

}
