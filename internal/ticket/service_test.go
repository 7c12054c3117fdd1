package ticket_test

import (
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestServiceCentre(t *testing.T) {
	t.Parallel()
	w := dealing(t)
	support, service := w.department(t, "support", false), w.department(t, "service", false)
	w.exec(t, `UPDATE departments SET kind = 'service' WHERE id = $1`, service)
	fixer := w.agent(t, "Fay")
	w.exec(t, `INSERT INTO department_members (department_id, person_id) VALUES ($1, $2)`, service, fixer.PersonID)
	n := w.submit(t, w.ann)
	for _, err := range []error{
		w.svc.HandOver(t.Context(), w.eve, n, ticket.Handover{DepartmentID: &support}),
		w.svc.Assign(t.Context(), w.eve, n, w.eve.PersonID),
		w.svc.RecordStage(t.Context(), w.eve, n, ticket.StageInput{
			Stage: ticket.Shipping, On: "2026-10-14", DepartmentID: service,
			Details: map[string]string{"how": "courier", "waybill": " 77-1234 ", "address": "Novinskaya 12", "none": "x"},
		}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	th := w.thread(t, n)
	if th.Status != ticket.ServiceCentre || *th.DepartmentID != service || th.AssigneeID != nil {
		t.Errorf("handed over: %s, department %d, assignee %v", th.Status, *th.DepartmentID, th.AssigneeID)
	}
	if len(th.Service) != 1 || th.Service[0].Details["waybill"] != "77-1234" || th.Service[0].On != "2026-10-14" || th.Service[0].Details["none"] != "" {
		t.Errorf("recorded %+v", th.Service)
	}
	for name, tt := range map[string]struct {
		by    auth.Actor
		in    ticket.StageInput
		fault string
	}{
		"support does not diagnose":              {w.eve, ticket.StageInput{Stage: ticket.Diagnosis}, "ticket.service_forbidden"},
		"customers record nothing":               {w.ann, ticket.StageInput{Stage: ticket.Shipping}, "error.forbidden"},
		"there is no such stage":                 {fixer, ticket.StageInput{Stage: "magic"}, "error.form_invalid"},
		"a day that is none":                     {fixer, ticket.StageInput{Stage: ticket.Acceptance, On: "yesterday"}, "error.form_invalid"},
		"a day in the future":                    {fixer, ticket.StageInput{Stage: ticket.Acceptance, On: "2027-10-14"}, "error.form_invalid"},
		"a decision of one's own":                {fixer, ticket.StageInput{Stage: ticket.Diagnosis, Details: map[string]string{"decision": "burn"}}, "error.form_invalid"},
		"a novel":                                {fixer, ticket.StageInput{Stage: ticket.Diagnosis, Details: map[string]string{"result": strings.Repeat("x", 1001)}}, "error.form_invalid"},
		"the service centre takes it in":         {fixer, ticket.StageInput{Stage: ticket.Acceptance, Details: map[string]string{"kit": "No power supply"}}, ""},
		"and corrects what it wrote":             {fixer, ticket.StageInput{Stage: ticket.Acceptance, Details: map[string]string{"kit": "With power supply"}}, ""},
		"a supervisor may, a stage left out too": {w.max, ticket.StageInput{Stage: ticket.Diagnosis, Details: map[string]string{"warranty": "yes", "decision": "repair", "expected": "2026-11-20"}}, ""},
	} {
		if err := w.svc.RecordStage(t.Context(), tt.by, n, tt.in); key(err) != tt.fault {
			t.Errorf("%s: %q, want %q (%v)", name, key(err), tt.fault, err)
		}
	}
	if got := w.thread(t, n).Service; len(got) != 3 || got[1].Stage != ticket.Acceptance || got[2].Details["decision"] != "repair" {
		t.Errorf("stages: %+v", got)
	}

	if err := w.svc.ReturnFromService(t.Context(), w.eve, n, ""); key(err) != "ticket.service_forbidden" {
		t.Errorf("support brings it back by itself: %v", err)
	}
	if err := w.svc.ReturnFromService(t.Context(), fixer, n, "Repaired, send it to the customer"); err != nil {
		t.Fatal(err)
	}
	th = w.thread(t, n)
	if th.Status != ticket.Open || *th.DepartmentID != support || th.AssigneeID == nil || *th.AssigneeID != w.eve.PersonID {
		t.Errorf("back: %s, department %d, assignee %v", th.Status, *th.DepartmentID, th.AssigneeID)
	}
	if err := w.svc.ReturnFromService(t.Context(), fixer, n, ""); key(err) != "ticket.service_not_there" {
		t.Errorf("twice back: %v", err)
	}
	if err := w.svc.RecordStage(t.Context(), w.eve, n, ticket.StageInput{Stage: ticket.Shipping}); err != nil {
		t.Errorf("once more to the service centre: %v", err)
	}
	if got := w.thread(t, n).Service; len(got) != 4 || got[0].Open || !got[3].Open {
		t.Errorf("two times there: %+v", got)
	}
}
