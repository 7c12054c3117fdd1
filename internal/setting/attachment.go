package setting

import (
	"slices"

	"github.com/deskbell/deskbell/internal/fault"
)

// AttachmentRules bound the files of a message (T8).
type AttachmentRules struct {
	MaxTotal int64    `json:"max_total"` // bytes of all files of one message together
	Types    []string `json:"types"`     // keys of FileTypes
}

// FileType is a kind of file that an administrator may allow. Files are judged
// by their content; the extensions are for the reader and the file chooser.
type FileType struct {
	Key        string
	MIME       string
	Label      string // as people say it, the same in every language
	Extensions []string
}

// FileTypes lists all that the desk can tell apart and take.
var FileTypes = []FileType{
	{"jpg", "image/jpeg", "JPG", []string{".jpg", ".jpeg"}},
	{"png", "image/png", "PNG", []string{".png"}},
	{"gif", "image/gif", "GIF", []string{".gif"}},
	{"webp", "image/webp", "WEBP", []string{".webp"}},
	{"pdf", "application/pdf", "PDF", []string{".pdf"}},
	{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX", []string{".docx"}},
	{"zip", "application/zip", "ZIP", []string{".zip"}},
	{"txt", "text/plain", "TXT, LOG", []string{".txt", ".log", ".csv", ".json", ".cfg", ".conf"}},
	{"mp4", "video/mp4", "MP4", []string{".mp4"}},
	{"mov", "video/quicktime", "MOV", []string{".mov"}},
	{"eml", "message/rfc822", "EML", []string{".eml"}},
	{"msg", "application/vnd.ms-outlook", "MSG", []string{".msg"}},
}

// MaxAttachmentTotal is the most that an administrator may allow for one
// message: what a mail server or a phone still carries is far below.
const MaxAttachmentTotal = 250_000_000

// Attachments is the setting of what files a message may have.
var Attachments = Value[AttachmentRules]{
	Key:    "attachments",
	Preset: AttachmentRules{MaxTotal: 75_000_000, Types: typeKeys()},
	Check: func(r AttachmentRules) error {
		var wrong fault.Field
		if r.MaxTotal < 1_000_000 || r.MaxTotal > MaxAttachmentTotal {
			wrong.Add("max_total", "setting.attachments.total_range", "min", 1, "max", MaxAttachmentTotal/1_000_000)
		}
		if len(r.Types) == 0 {
			wrong.Add("types", "setting.attachments.no_types")
		}
		for _, key := range r.Types {
			if !slices.ContainsFunc(FileTypes, func(t FileType) bool { return t.Key == key }) {
				wrong.Add("types", "setting.attachments.unknown_type")
			}
		}
		return wrong.Err()
	},
}

func typeKeys() []string {
	keys := make([]string, len(FileTypes))
	for i, t := range FileTypes {
		keys[i] = t.Key
	}
	return keys
}

// Allowed are the file types of r, in the order of FileTypes.
func (r AttachmentRules) Allowed() []FileType {
	var all []FileType
	for _, t := range FileTypes {
		if slices.Contains(r.Types, t.Key) {
			all = append(all, t)
		}
	}
	return all
}
