package desk

import (
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/ticket"
)

// changeRoutes adds the pages of tags, the trash, bulk actions, macros and time
// spent.
func (h *Handler) changeRoutes(r chi.Router) {
	r.Get("/agent/tags", h.errors.Handle(h.showTagNames))
	r.Get("/agent/trash", h.errors.Handle(h.showTrash))
	r.Post("/agent/tickets/{number}/tags", h.errors.Handle(h.postTags))
	r.Post("/agent/tickets/{number}/trash", h.errors.Handle(h.postBin(ticket.Trash, "desk.trash.moved")))
	r.Post("/agent/tickets/{number}/spam", h.errors.Handle(h.postBin(ticket.Spam, "desk.trash.marked")))
	r.Post("/agent/tickets/{number}/restore", h.errors.Handle(h.postBin(ticket.Restore, "desk.trash.restored")))
	r.Post("/agent/tickets/{number}/purge", h.errors.Handle(h.postPurge))
	r.Get("/agent/bulk", h.errors.Handle(h.showBulks))
	r.Post("/agent/bulk", h.errors.Handle(h.postBulk))
	r.Get("/agent/bulk/{id}", h.errors.Handle(h.showBulk))
	r.Post("/agent/bulk/{id}/cancel", h.errors.Handle(h.postBulkCancel))
	r.Post("/agent/bulk/{id}/undo", h.errors.Handle(h.postBulkUndo))
	r.Get("/agent/macros", h.errors.Handle(h.showMacros))
	r.Post("/agent/macros", h.errors.Handle(h.postMacro))
	r.Get("/agent/macros/new", h.errors.Handle(h.showNewMacro))
	r.Get("/agent/macros/{id}", h.errors.Handle(h.showMacro))
	r.Post("/agent/macros/{id}", h.errors.Handle(h.postMacro))
	r.Post("/agent/macros/{id}/delete", h.errors.Handle(h.postMacroDelete))
	r.Get("/agent/tickets/{number}/macros", h.errors.Handle(h.showTicketMacros))
	r.Post("/agent/tickets/{number}/macros", h.errors.Handle(h.postTicketMacro))
	r.Get("/agent/time", h.errors.Handle(h.showTime))
	r.Post("/agent/tickets/{number}/time", h.errors.Handle(h.postTime))
	r.Post("/agent/tickets/{number}/time/timer", h.errors.Handle(h.postTimer))
	r.Post("/agent/tickets/{number}/time/{id}", h.errors.Handle(h.postTimeEntry))
}
