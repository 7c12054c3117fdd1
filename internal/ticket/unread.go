package ticket

// unreadViews are the views that say how many of their tickets the reader has not
// read yet. In the others an unread ticket is a colleague's answer, which wants
// nothing of the reader.
var unreadViews = []InboxView{ViewNew, ViewOpen, ViewMine, ViewUnassigned, ViewServiceCentre}

// unreadMost is where counting the unread stops: as many tickets of a view, the
// last active ones, are looked at, in their index.
const (
	unreadMost = 25
	unreadArm  = `(SELECT t.id, t.number, t.status, t.assignee_id, t.timeline_seq FROM tickets t WHERE `
	unreadLast = ` AND ` + worked + ` ORDER BY t.last_activity_at DESC, t.id DESC LIMIT 25)`
)

// unreadColumn counts them in the order of unreadViews. Every ticket is looked at
// once, in however many views it stands. The one that the statement opens, if it
// does, is read when its page is.
const unreadColumn = `(SELECT ARRAY[count(*) FILTER (WHERE t.status = 'new'), count(*) FILTER (WHERE t.status = 'open'), count(*) FILTER (WHERE t.assignee_id = @me),
        count(*) FILTER (WHERE t.assignee_id IS NULL AND t.status IN ('new', 'open')), count(*) FILTER (WHERE t.status = 'service_centre')] FROM (` +
	unreadArm + `t.status = 'new'` + unreadLast + ` UNION ` +
	unreadArm + `t.status = 'open'` + unreadLast + ` UNION ` +
	unreadArm + `t.assignee_id = @me AND t.status NOT IN ('resolved', 'closed')` + unreadLast + ` UNION ` +
	unreadArm + `t.assignee_id IS NULL AND t.status IN ('new', 'open')` + unreadLast + ` UNION ` +
	unreadArm + `t.status = 'service_centre'` + unreadLast + `) t WHERE t.number <> @opening AND ` + unreadBy + `) AS unread_counts`

// unreadOf names what unreadColumn brings.
func unreadOf(n []int64) map[InboxView]Count {
	unread := make(map[InboxView]Count, len(n))
	for i, v := range unreadViews {
		unread[v] = Count(n[i])
		if n[i] >= unreadMost {
			unread[v] = unreadMost - 1 + tallyMore
		}
	}
	return unread
}

// Unread is what the number of a view's unread tickets is called where the counts
// have the names of the views.
func (v InboxView) Unread() string { return "unread:" + string(v) }
