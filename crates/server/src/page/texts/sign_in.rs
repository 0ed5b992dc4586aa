//! Words of signing in and of one's own password.

super::texts! {
    sign_in = "登录", "Sign in";
    account_name = "账号", "Account";
    password = "密码", "Password";
    sign_in_failed = "账号或密码不正确，或者该账号因多次输错已暂时锁定（15分钟）。", "The account or the password is wrong, or the account is locked for a while (15 minutes) after several failures.";
    session_ended = "登录已超时，请重新登录。刚才填写的内容不会丢失。", "Your session has ended. Sign in again; what you filled in is not lost.";
    please_sign_in = "请先登录。", "Please sign in first.";
    signed_out = "您已退出。", "You have signed out.";
    resume_title = "继续刚才的操作", "Go on where you were";
    resume_text = "您已重新登录，刚才填写的内容还在，点“继续”即可。", "You are signed in again and what you filled in is still here. Press Continue.";
    password_first = "首次登录须修改初始密码。", "The first password must be changed at the first sign-in.";
    password_current = "当前密码", "Current password";
    password_new = "新密码", "New password";
    password_again = "再次输入新密码", "New password again";
    password_rule = "至少10个字符，不能与当前密码相同。", "At least 10 characters, other than the current one.";
    password_wrong = "当前密码不正确。", "The current password is wrong.";
    password_short = "新密码至少10个字符。", "The new password needs at least 10 characters.";
    password_same = "新密码不能与当前密码相同。", "The new password must differ from the current one.";
    password_differs = "两次输入的新密码不一致。", "The two new passwords differ.";
    password_ask = "忘记密码请联系系统管理员重置。", "If you forgot your password, ask the system administrator to reset it.";
    role_pending = "您的账号尚未授予角色和范围，请联系安全管理员。", "Your account has not been given a role and a scope yet; ask the security administrator.";
    form_expired = "表单已过期，请重新提交。", "The form has expired; submit it again.";
}
