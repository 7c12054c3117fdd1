package demo

import (
	"time"

	"github.com/deskbell/deskbell/internal/ticket"
)

// tails bring a story to its end that stops half-way, for tickets long closed,
// by language and by where it stops.
var tails = map[string]map[ticket.Status]step{
	"en": {
		ticket.ServiceCentre: {text: "Hello {first}, the unit is repaired and left us today with parcel {parcel}. It ran 24 hours under load in our lab. The report is in the box."},
		ticket.Postponed:     {text: "Hello {first}, as promised I come back to this. Is there anything left that we can do for you?", to: ticket.Waiting},
		ticket.Open:          {text: "Hello {first}, thank you for your patience. The corrected version has passed our lab and is among the downloads of your model. I mark this as resolved; a reply opens it again."},
		ticket.New:           {text: "Hello {first}, thank you, noted. I mark this as resolved; a reply opens it again."},
	},
	"ru": {
		ticket.ServiceCentre: {text: "Здравствуйте, {first}! Устройство отремонтировано и сегодня отправлено, накладная {parcel}. В лаборатории оно сутки отработало под нагрузкой. Отчёт в коробке."},
		ticket.Postponed:     {text: "Здравствуйте, {first}! Возвращаюсь, как обещал. Остались ли вопросы, с которыми мы можем помочь?", to: ticket.Waiting},
		ticket.Open:          {text: "Здравствуйте, {first}! Спасибо за терпение. Исправленная версия проверена и лежит среди загрузок вашей модели. Отмечаю заявку решённой, ответ откроет её снова."},
		ticket.New:           {text: "Здравствуйте, {first}! Спасибо, принято. Отмечаю заявку решённой, ответ откроет её снова."},
	},
}

// finished is s with an end.
func (s story) finished() story {
	at := s.statusAfter(len(s.steps))
	end, ok := tails[s.lang][at]
	if !ok {
		return s
	}
	end.by = agent
	if end.to == "" {
		end.to = ticket.Resolved
	}
	lastStep := s.steps[len(s.steps)-1]
	switch at {
	case ticket.Postponed:
		end.after = lastStep.until + 8*time.Hour
		end.after = end.after * 10 / 8 // the gap may come out a fifth shorter, and the robot wakes the ticket first
	case ticket.ServiceCentre, ticket.Open:
		end.after = 9 * 24 * time.Hour
	case ticket.New, ticket.Waiting, ticket.Resolved, ticket.Closed:
	}
	if at == ticket.Open && lastStep.by == customer {
		end = step{by: agent, to: ticket.Resolved, text: tails[s.lang][ticket.New].text}
	}
	s.steps = append(s.steps[:len(s.steps):len(s.steps)], end)
	return s
}
