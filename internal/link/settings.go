package link

import "net/url"

// User is a person's page in the settings.
func User(id int64) string { return Users + "/" + num(id) }

// UserPassword is where a new password for a person is asked for.
func UserPassword(id int64) string { return User(id) + "/password" }

// UserDisable is where a person is shut out.
func UserDisable(id int64) string { return User(id) + "/disable" }

// UserEnable is where a person is let in again.
func UserEnable(id int64) string { return User(id) + "/enable" }

// Role is a role's page in the settings.
func Role(id int64) string { return Roles + "/" + num(id) }

// Topic is a help topic's page in the settings.
func Topic(id int64) string { return Topics + "/" + num(id) }

// NewDepartment is the form for another department.
const NewDepartment = Departments + "/new"

// Department is a department's page in the settings.
func Department(id int64) string { return Departments + "/" + num(id) }

// DepartmentMove is where a department is moved up or down.
func DepartmentMove(id int64) string { return Department(id) + "/move" }

// TopicMove is where a help topic is moved up or down.
func TopicMove(id int64) string { return Topic(id) + "/move" }

// Field is a field's page in the settings.
func Field(key string) string { return Fields + "/" + url.PathEscape(key) }

// LifecyclePolicy is the robot's policy of one help topic; 0 is the default.
func LifecyclePolicy(topicID int64) string { return Lifecycle + "/" + num(topicID) }

// LifecycleDrop is where a help topic's own policy is given up for the default.
func LifecycleDrop(topicID int64) string { return LifecyclePolicy(topicID) + "/drop" }

// Logo is the desk's logo by its hash.
func Logo(hash string) string { return BrandLogo + hash + ".png" }

// Style is the style sheet with the desk's colours; version changes with them.
func Style(version int) string { return Query(BrandStyle, "v", num(int64(version))) }

// Sample is a style sheet that shows colours before they are saved.
func Sample(accent, dark string) string { return Query(BrandSample, "accent", accent, "dark", dark) }

// OutboxLetter is one letter of the outbox.
func OutboxLetter(id int64) string { return Outbox + "/" + num(id) }

// OutboxLetterPage is a letter's HTML alone, for a frame.
func OutboxLetterPage(id int64) string { return OutboxLetter(id) + "/page" }

// OutboxRetry is where a letter is sent again.
func OutboxRetry(id int64) string { return OutboxLetter(id) + "/retry" }

// LetterWords is what a kind of letter says in a language; "" is the reader's.
func LetterWords(kind, lang string) string { return Query(Letters+"/"+kind, "lang", lang) }

// LetterSample is the preview of a kind of letter.
func LetterSample(kind, lang string) string { return Query(Letters+"/"+kind+"/sample", "lang", lang) }
