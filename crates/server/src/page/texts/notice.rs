//! Words of the page of the notice.

super::texts! {
    notice_title = "文件任务与目标", "Tasks and targets of the notice";
    notice_contents = "任务领域目录", "The task areas";
    notice_number = "文号", "Number";
    notice_issuer = "发文机关", "Issued by";
    notice_issued_on = "成文日期", "Date";
    notice_area = "任务领域", "Area";
    notice_clause = "条款", "Clause";
    notice_departments = "责任部门", "Responsible departments";
    notice_lead = "牵头", "leads";
    notice_lead_column = "牵头部门", "Lead";
    notice_no_lead = "文件未指定牵头部门，所列部门均负有责任。", "The notice names no lead: all departments named are responsible.";
    notice_none_named = "未指定", "none named";
    notice_targets = "目标", "Targets";
    notice_target = "目标名称", "Target";
    notice_wanted = "目标值", "To be reached";
    notice_due = "完成年份", "Due";
    notice_no_year = "未写明", "not said";
    notice_quote = "原文", "In the notice";
    notice_projects = "项目", "Projects";
    notice_projects_named = "文件点名的项目", "Projects that the notice names";
    notice_same_clause = "同条款项目", "Projects of the same clause";
    notice_no_projects = "文件没有点名项目，或者不在您的管辖范围内。", "The notice names no project here, or none in your scope.";
    notice_all_projects = "本领域全部项目", "All projects of the area";
    notice_also_in = "同时列入", "Also in";
    notice_to_top = "回到目录", "To the contents";
    notice_none = "尚未载入文件。", "No document has been loaded.";
}
