package account

import "context"

// visit is one request's session, found with the person it belongs to: every
// page needs both, and one statement costs half of two.
type visit struct {
	found  actorRow
	device int64 // 0: unknown
}

type visitKey struct{}

// Visit returns a ctx in which FindCtx remembers a session's person for Resume.
// It is for one request.
func Visit(ctx context.Context) context.Context { return context.WithValue(ctx, visitKey{}, &visit{}) }

// remember keeps the person of the session that was found and its sign-in.
func remember(ctx context.Context, r actorRow, device int64) {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		v.found, v.device = r, device
	}
}

// arrived notes the sign-in that this request itself began.
func arrived(ctx context.Context, device int64) {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		v.device = device
	}
}

// thisDevice is the sign-in that sends the request, as far as we know.
func thisDevice(ctx context.Context) int64 {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v.device
	}
	return 0
}

// visitor returns the person id when they came with the session.
func visitor(ctx context.Context, id int64) (actorRow, bool) {
	v, ok := ctx.Value(visitKey{}).(*visit)
	if !ok || v.found.ID != id || id == 0 {
		return actorRow{}, false
	}
	return v.found, true
}
