package app

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// open builds the desk on a database of its own, without a worker.
func open(t *testing.T) (*App, chi.Router) {
	t.Helper()
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	a := &App{Config: Config{Listen: "127.0.0.1:0"}, Pool: testkit.DB(t), Files: files, log: slog.New(slog.DiscardHandler), now: time.Now}
	if err := a.build(); err != nil {
		t.Fatal(err)
	}
	h, err := a.routes(worker{}, t.Context().Done())
	if err != nil {
		t.Fatal(err)
	}
	return a, h.(chi.Router)
}

// visitor is a browser that does not follow redirects.
type visitor struct {
	*http.Client
	url string
}

func visit(t *testing.T, h http.Handler) visitor {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := srv.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return visitor{c, srv.URL}
}

func (v visitor) do(t *testing.T, method, path string, form url.Values) (status int, location string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, v.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := v.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode, res.Header.Get("Location")
}

// inside lists the routes that are for staff alone, parameters filled in.
func inside(t *testing.T, r chi.Router) map[string][]string {
	t.Helper()
	found := map[string][]string{} // path -> methods
	err := chi.Walk(r, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if strings.HasPrefix(route, link.Agent) || strings.HasPrefix(route, link.Admin) {
			parts := strings.Split(strings.TrimSuffix(route, "/*"), "/")
			for i, p := range parts {
				if strings.HasPrefix(p, "{") {
					parts[i] = "1"
				}
			}
			path := strings.Join(parts, "/")
			found[path] = append(found[path], method)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 5 {
		t.Fatalf("only %d routes for staff; is the map walked right?", len(found))
	}
	return found
}

// TestStaffRoutesAreGuarded: behind /agent and /admin a visitor is asked to sign
// in, and for a customer there is nothing.
func TestStaffRoutesAreGuarded(t *testing.T) {
	t.Parallel()
	a, routes := open(t)
	const email, password = "cy@example.com", "a longer password"
	_, err := a.Accounts.AddUser(t.Context(), auth.TheSystem(), account.NewUser{
		Email: email, Name: account.ParseName("Cy Customer"), Roles: []string{account.CustomerRole}, Password: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	stranger, customer := visit(t, routes), visit(t, routes)
	if status, to := customer.do(t, http.MethodPost, link.Login, url.Values{"email": {email}, "password": {password}}); status != http.StatusSeeOther || to != link.Home {
		t.Fatalf("a customer's sign-in gives %d to %q", status, to)
	}
	for path, methods := range inside(t, routes) {
		for _, method := range methods {
			status, to := stranger.do(t, method, path, nil)
			switch {
			case status == http.StatusSeeOther && strings.HasPrefix(to, link.Login):
			case method != http.MethodGet && status == http.StatusUnauthorized: // with what was typed kept
			default:
				t.Errorf("a visitor's %s %s gives %d to %q", method, path, status, to)
			}
			if status, _ := customer.do(t, method, path, nil); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("a customer's %s %s gives %d", method, path, status)
			}
		}
	}
}

// TestLinksMeetRoutes holds every path of package link against the routes.
func TestLinksMeetRoutes(t *testing.T) {
	t.Parallel()
	_, routes := open(t)
	for name, path := range samples {
		path, _, _ = strings.Cut(path, "#")
		path, _, _ = strings.Cut(path, "?")
		met := false
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			met = met || routes.Match(chi.NewRouteContext(), method, path)
		}
		if !met {
			t.Errorf("link.%s leads to %s, which no route serves", name, path)
		}
	}
	for _, name := range exported(t, "../link") {
		if _, ok := samples[name]; !ok && !notPaths[name] {
			t.Errorf("link.%s has no sample here", name)
		}
	}
}

// notPaths are the names of package link that build no path of their own.
var notPaths = map[string]bool{"Query": true, "AttachmentPrefix": true, "BrandLogo": true}

// samples is one path of every kind.
var samples = map[string]string{
	"Home": link.Home, "Login": link.Login, "Logout": link.Logout, "Preferences": link.Preferences,
	"Profile": link.Profile, "ProfileDetails": link.ProfileDetails, "ProfileEmail": link.ProfileEmail, "ProfilePassword": link.ProfilePassword,
	"ProfileCode": link.ProfileCode, "ProfileOthers": link.ProfileOthers, "ProfileLook": link.ProfileLook, "ProfileNotices": link.ProfileNotices,
	"ProfileExport": link.ProfileExport, "ProfileErasure": link.ProfileErasure, "ProfileKeep": link.ProfileKeep, "ProfileFields": link.ProfileFields,
	"Privacy": link.Privacy, "ProfileDevice": link.ProfileDevice(1), "ProfileArchive": link.ProfileArchive(1), "Erasure": link.Erasure(1),
	"LoginCode": link.LoginCode, "Register": link.Register, "Consent": link.Consent, "Activate": link.Activate, "Reset": link.Reset,
	"ResetCode": link.ResetCode, "ConfirmEmail": link.ConfirmEmail, "Registration": link.Registration,
	"Departments": link.Departments, "NewDepartment": link.NewDepartment, "Department": link.Department(1), "DepartmentMove": link.DepartmentMove(1),
	"OpenTicket": link.OpenTicket, "FindPeople": link.FindPeople, "OpenAnswers": link.OpenAnswers, "FindCopies": link.FindCopies, "AgentService": link.AgentService(1), "AgentRequester": link.AgentRequester(1), "AgentCalls": link.AgentCalls(1),
	"Absence": link.Absence, "AbsenceOf": link.AbsenceOf(1),
	"Topics": link.Topics, "NewTopic": link.NewTopic, "Topic": link.Topic(1), "TopicMove": link.TopicMove(1), "Fields": link.Fields,
	"NewField": link.NewField, "Field": link.Field("brand"), "FieldPreview": link.FieldPreview, "FieldRule": link.FieldRule, "AgentFields": link.AgentFields(1),
	"Tickets": link.Tickets, "NewTicket": link.NewTicket, "TopicFields": link.TopicFields,
	"KB": link.KB, "KBSearch": link.KBSearch, "KBSuggest": link.KBSuggest,
	"Agent": link.Agent, "Inbox": link.Inbox, "InboxCounts": link.InboxCounts, "InboxChoices": link.InboxChoices, "Views": link.Views, "NewView": link.NewView, "QuickAnswers": link.QuickAnswers, "Canned": link.Canned, "NewCanned": link.NewCanned, "CannedPick": link.CannedPick, "MentionPick": link.MentionPick, "Live": link.Live, "Scheduled": link.Scheduled,
	"HeldUndo": link.HeldUndo(1), "HeldSend": link.HeldSend(1), "SpareUse": link.SpareUse(1), "SpareDrop": link.SpareDrop(1), "DraftVersions": link.DraftVersions(1, "reply"), "VersionUse": link.VersionUse(1),
	"KeepPromise": link.KeepPromise(1), "Presence": link.Presence, "AgentPresence": link.AgentPresence(1), "ColleaguesDraft": link.ColleaguesDraft(1, 2), "AgentSearch": link.AgentSearch, "AgentOldMessage": link.AgentOldMessage(1, 2),
	"Companies": link.Companies, "NewCompany": link.NewCompany, "Contacts": link.Contacts,
	"Admin": link.Admin, "Users": link.Users, "NewUser": link.NewUser, "Roles": link.Roles,
	"Lifecycle": link.Lifecycle, "Audit": link.Audit, "Outbox": link.Outbox, "MailSender": link.MailSender,
	"AgentLetters": link.AgentLetters(1), "OutboxLetter": link.OutboxLetter(1), "OutboxLetterPage": link.OutboxLetterPage(1), "OutboxRetry": link.OutboxRetry(1),
	"Calendar": link.Calendar, "NewRole": link.NewRole, "LifecycleDrop": link.LifecycleDrop(1),
	"Contact": link.Contact(1), "UserPassword": link.UserPassword(1), "UserDisable": link.UserDisable(1), "UserEnable": link.UserEnable(1),
	"Ticket": link.Ticket(1), "TicketMessage": link.TicketMessage(1, 2), "Replies": link.Replies(1),
	"Resolve": link.Resolve(1), "Reopen": link.Reopen(1), "FollowUp": link.FollowUp(1), "Attachment": link.Attachment(1), "Attachments": link.Attachments, "AttachmentDrop": link.AttachmentDrop(1),
	"TicketAt": link.TicketAt(1, 2), "TicketLive": link.TicketLive(1), "TicketPrint": link.TicketPrint(1), "TicketDraft": link.TicketDraft(1), "TicketFields": link.TicketFields(1),
	"SuggestedArticle": link.SuggestedArticle("a", ""), "AttachmentRules": link.AttachmentRules, "Signatures": link.Signatures, "NewTicketDraft": link.NewTicketDraft, "ConfirmTicket": link.ConfirmTicket("x"),
	"DropDraft": link.DropDraft, "CreatedTicket": link.CreatedTicket(1), "GuestSent": link.GuestSent, "TicketHelp": link.TicketHelp, "TicketSolved": link.TicketSolved,
	"Rating": link.Rating(1), "SignedRating": link.SignedRating(1, "good", 0, "s"), "Copies": link.Copies(1), "CopiesRemove": link.CopiesRemove(1),
	"Thumbnail": link.Thumbnail(1),
	"Article":   link.Article("a"), "Section": link.Section("a"), "ArticleVote": link.ArticleVote("a"),
	"InboxView": link.InboxView("new"), "AgentTicket": link.AgentTicket(1), "AgentMessage": link.AgentMessage(1, 2),
	"CannedReply": link.CannedReply(1), "CannedDelete": link.CannedDelete(1), "CannedText": link.CannedText(1), "CannedArticle": link.CannedArticle(1),
	"CannedFolder": link.CannedFolder(1),
	"Bulk":         link.Bulk, "BulkRun": link.BulkRun(1), "BulkCancel": link.BulkCancel(1), "BulkUndo": link.BulkUndo(1), "Macros": link.Macros, "NewMacro": link.NewMacro,
	"Macro": link.Macro(1), "MacroDelete": link.MacroDelete(1), "AgentMacros": link.AgentMacros(1), "TimeReport": link.TimeReport, "AgentTime": link.AgentTime(1),
	"AgentTimer": link.AgentTimer(1), "AgentTimeEntry": link.AgentTimeEntry(1, 2), "Tags": link.Tags, "Tag": link.Tag(1), "TrashRules": link.TrashRules,
	"Block": link.Block, "Unblock": link.Unblock,
	"AgentTags": link.AgentTags(1), "AgentTrash": link.AgentTrash(1), "AgentSpam": link.AgentSpam(1), "AgentRestore": link.AgentRestore(1),
	"AgentPurge": link.AgentPurge(1), "TagNames": link.TagNames, "TrashView": link.TrashView,
	"View": link.View(1), "ViewMove": link.ViewMove(1), "ViewDelete": link.ViewDelete(1), "ViewRestore": link.ViewRestore(1),
	"AgentPreview": link.AgentPreview(1), "AgentPane": link.AgentPane(1), "AgentUnread": link.AgentUnread(1), "AgentReplies": link.AgentReplies(1), "AgentCopiesRemove": link.AgentCopiesRemove(1), "AgentNotes": link.AgentNotes(1),
	"AgentNote": link.AgentNote(1, 1), "AgentNotePin": link.AgentNotePin(1, 1), "AgentRedact": link.AgentRedact(1),
	"AgentAssign": link.AgentAssign(1), "AgentStatus": link.AgentStatus(1), "AgentPriority": link.AgentPriority(1),
	"AgentMerge": link.AgentMerge(1), "AgentUnmerge": link.AgentUnmerge(1), "AgentLinks": link.AgentLinks(1), "AgentLinksRemove": link.AgentLinksRemove(1),
	"AgentSplit": link.AgentSplit(1), "AgentChildren": link.AgentChildren(1), "AgentDraftTake": link.AgentDraftTake(1), "TicketDraftTake": link.TicketDraftTake(1),
	"AgentPlan": link.AgentPlan(1), "AgentDraft": link.AgentDraft(1), "AgentNext": link.AgentNext(1, "new", "next"),
	"Company": link.Company(1), "CompanyEdit": link.CompanyEdit(1), "CompanyContacts": link.CompanyContacts(1),
	"CompanyContact": link.CompanyContact(1, 2), "CompanyUnlink": link.CompanyUnlink(1, 2),
	"TicketsCSV": link.TicketsCSV, "TicketsNews": link.TicketsNews, "TicketsLive": link.TicketsLive, "Filters": link.Filters, "FilterDrop": link.FilterDrop(1),
	"OwnCompany": link.OwnCompany, "PickCompany": link.PickCompany,
	"CompanyPrivacy": link.CompanyPrivacy(1), "CompanySites": link.CompanySites(1),
	"CompanySite": link.CompanySite(1, 2), "CompanySiteRemove": link.CompanySiteRemove(1, 2),
	"Notices": link.Notices, "NoticesCount": link.NoticesCount, "NoticesRead": link.NoticesRead, "Notice": link.Notice(1), "NoticeWhy": link.NoticeWhy(1),
	"NoticeMute": link.NoticeMute(1), "NoticeUnread": link.NoticeUnread(1), "AgentWatch": link.AgentWatch(1), "PushWorker": link.PushWorker,
	"Legend": link.Legend, "Palette": link.Palette, "ProfileMatrix": link.ProfileMatrix, "ProfilePush": link.ProfilePush, "ProfilePushEnd": link.ProfilePushEnd(1),
	"User": link.User(1), "Role": link.Role(1), "LifecyclePolicy": link.LifecyclePolicy(1), "Static": link.Static("app.css"),
	"Letters": link.Letters, "LetterWords": link.LetterWords("reply", "en"), "LetterSample": link.LetterSample("reply", "en"),
	"Branding": link.Branding, "BrandStyle": link.BrandStyle, "BrandSample": link.BrandSample,
	"Style": link.Style(1), "Sample": link.Sample("#005f6b", ""), "Logo": link.Logo("a"),
}

// exported lists the names that the package in dir offers.
func exported(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, b, 0)
		if err != nil {
			t.Fatal(err)
		}
		for name, object := range f.Scope.Objects {
			if ast.IsExported(name) && object.Kind != ast.Typ {
				names = append(names, name)
			}
		}
	}
	return names
}

func TestHealth(t *testing.T) {
	t.Parallel()
	a, routes := open(t)
	v := visit(t, routes)
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if status, _ := v.do(t, http.MethodGet, path, nil); status != http.StatusOK {
			t.Errorf("%s gives %d", path, status)
		}
	}
	if _, err := a.Pool.Exec(context.Background(), "DELETE FROM goose_db_version WHERE version_id > 1"); err != nil {
		t.Fatal(err)
	}
	if status, _ := v.do(t, http.MethodGet, "/readyz", nil); status != http.StatusServiceUnavailable {
		t.Errorf("with an old schema /readyz gives %d", status)
	}
	a.Pool.Close()
	for path, want := range map[string]int{"/readyz": http.StatusServiceUnavailable, "/healthz": http.StatusOK, "/metrics": http.StatusOK} {
		if status, _ := v.do(t, http.MethodGet, path, nil); status != want {
			t.Errorf("without a database %s gives %d", path, status)
		}
	}
}
