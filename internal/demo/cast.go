package demo

import "github.com/deskbell/deskbell/internal/auth"

// Password opens every account of the demo.
const Password = "halden-demo-2026"

// person is somebody in the story.
type person struct {
	place                               string // the site they belong to; "" for none
	name, email, job, phone, lang, zone string
	role                                string     // "" for a customer
	sees                                auth.Scope // of their company's tickets
	office                              bool       // writes about orders and money, not about switches
}

// firm is a customer's company with its contacts.
type firm struct {
	places                                                                     []place // its sites, each after the one it stands under
	name, other, site, domain, phone, address, inn, kpp, vat, manager, comment string
	responsible                                                                string // an agent's address
	people                                                                     []person
}

const (
	adminMail = "ingrid@halden.example"
	annaMail  = "anna@halden.example"
	marcoMail = "marco@halden.example"
	priyaMail = "priya@halden.example"
	jonasMail = "jonas@halden.example"
	stepMail  = "stepan@halden.example"
	olgaMail  = "olga@halden.example"
)

// staff are Halden's own people.
var staff = []person{
	{name: "Ingrid Halvorsen", email: adminMail, job: "Head of support", role: "admin", lang: "en", zone: deskZone},
	{name: "Anna Keller", email: annaMail, job: "Support team lead", role: "supervisor", lang: "en", zone: deskZone},
	{name: "Jonas Weber", email: jonasMail, job: "Technical writer", role: "editor", lang: "en", zone: deskZone},
	{name: "Marco Bellini", email: marcoMail, job: "Support engineer", role: "agent", lang: "en", zone: "Europe/Rome"},
	{name: "Priya Nair", email: priyaMail, job: "Support engineer, hardware", role: "agent", lang: "en", zone: deskZone},
	{name: "Stepan Alekseev", email: stepMail, job: "Senior support engineer", role: "agent", lang: "ru", zone: "Asia/Yekaterinburg"},
	{name: "Ольга Дмитриева", email: olgaMail, job: "Инженер поддержки", role: "agent", lang: "ru", zone: "Asia/Yekaterinburg"},
}

// answering are the agents who answer in a language; who stands twice answers more.
var answering = map[string][]string{
	"en": {marcoMail, marcoMail, priyaMail, priyaMail, annaMail, jonasMail, stepMail},
	"ru": {stepMail, stepMail, olgaMail, olgaMail, olgaMail, annaMail},
}

const (
	elena = "e.orlova@uralsvyaz.example"
	pavel = "p.sokolov@uralsvyaz.example"
	karp  = "d.karpov@severnaya-svyaz.example"
)

// firms are Halden's customers.
var firms = []firm{
	{
		name: "Uralsvyaz Telecom", other: "Uralsvyaz, УСТ", site: "https://uralsvyaz.example", domain: "uralsvyaz.example", phone: "+7 343 555-01-00",
		address: "620024, Yekaterinburg, Novinskaya 12", inn: "6672000002", kpp: "667101001", manager: "Anna Keller", responsible: stepMail,
		places: []place{
			{name: "Yekaterinburg", address: "Novinskaya 12"},
			{name: "Data centre North", under: "Yekaterinburg", address: "Kosmonavtov 18"},
			{name: "Nizhny Tagil", address: "Mira 27"},
		},
		comment: "Key account, extended support until 31 March 2027. Send repairs to the Sysert depot.",
		people: []person{
			{name: "Elena Orlova", place: "Data centre North", email: elena, job: "Lead network engineer", phone: "+7 343 555-01-28", lang: "en", zone: "Asia/Yekaterinburg", sees: auth.SeesOwn},
			{name: "Pavel Sokolov", email: pavel, job: "Head of network operations", phone: "+7 343 555-01-12", lang: "en", zone: "Asia/Yekaterinburg", sees: auth.SeesCompany},
			{name: "Nina Belova", email: "n.belova@uralsvyaz.example", job: "Procurement", phone: "+7 343 555-01-40", lang: "en", zone: "Asia/Yekaterinburg", sees: auth.SeesOwn, office: true},
			{name: "Илья Гордеев", place: "Nizhny Tagil", email: "i.gordeev@uralsvyaz.example", job: "Инженер", phone: "+7 343 555-01-33", lang: "ru", zone: "Asia/Yekaterinburg", sees: auth.SeesSite},
		},
	},
	{
		name: "Puerto Fibra", other: "Puerto Fibra S.L.", site: "https://puertofibra.example", domain: "puertofibra.example", phone: "+34 956 555 180",
		address: "Calle del Muelle 4, 11004 Cádiz", vat: "ESB11000018", manager: "Lucía Ferrer", responsible: marcoMail,
		comment: "Island ring of 46 nodes, most without staff. Call before sending an engineer.",
		people: []person{
			{name: "Tomás Herrera", email: "tomas.herrera@puertofibra.example", job: "Network manager", phone: "+34 956 555 181", lang: "en", zone: "Europe/Madrid", sees: auth.SeesCompany},
			{name: "Carmen Vidal", email: "carmen.vidal@puertofibra.example", job: "NOC engineer", phone: "+34 956 555 182", lang: "en", zone: "Europe/Madrid", sees: auth.SeesOwn},
			{name: "Iker Otxoa", email: "iker.otxoa@puertofibra.example", job: "Field technician", phone: "+34 956 555 183", lang: "en", zone: "Europe/Madrid", sees: auth.SeesOwn},
		},
	},
	{
		name: "Lago Hosting S.r.l.", other: "Lago", site: "https://lagohosting.example", domain: "lagohosting.example", phone: "+39 031 555 2040",
		address: "Via del Porto 21, 22100 Como", vat: "IT01234560137", manager: "Davide Riva", responsible: priyaMail,
		people: []person{
			{name: "Giulia Conti", email: "giulia@lagohosting.example", job: "Data centre lead", phone: "+39 031 555 2041", lang: "en", zone: "Europe/Rome", sees: auth.SeesCompany},
			{name: "Matteo Greco", email: "matteo@lagohosting.example", job: "Systems engineer", phone: "+39 031 555 2044", lang: "en", zone: "Europe/Rome", sees: auth.SeesOwn},
			{name: "Sara Bruni", email: "sara@lagohosting.example", job: "Accounting", phone: "+39 031 555 2050", lang: "en", zone: "Europe/Rome", sees: auth.SeesOwn, office: true},
		},
	},
	{
		name: "Stadtwerke Brennau", other: "SWB, Brennau Netz GmbH", site: "https://sw-brennau.example", domain: "sw-brennau.example", phone: "+49 3445 5550",
		address: "Am Umspannwerk 3, 06618 Brennau", vat: "DE123456788", manager: "Jonas Weber", responsible: marcoMail,
		comment: "Municipal utility; invoices only with an order number of theirs.",
		people: []person{
			{name: "Katrin Vogel", email: "k.vogel@sw-brennau.example", job: "IT purchasing", phone: "+49 3445 555 21", lang: "en", zone: "Europe/Berlin", sees: auth.SeesCompany, office: true},
			{name: "Uwe Marten", email: "u.marten@sw-brennau.example", job: "Network technician", phone: "+49 3445 555 34", lang: "en", zone: "Europe/Berlin", sees: auth.SeesOwn},
			{name: "Lena Hofer", email: "l.hofer@sw-brennau.example", job: "Substation automation", phone: "+49 3445 555 38", lang: "en", zone: "Europe/Berlin", sees: auth.SeesOwn},
		},
	},
	{
		name: "Meridian Colo", other: "Meridian Colocation Ltd", site: "https://meridiancolo.example", domain: "meridiancolo.example", phone: "+44 161 555 0110",
		address: "Unit 9, Trafford Point, Manchester M17 1AB", vat: "GB123456773", manager: "Owen Price", responsible: jonasMail,
		people: []person{
			{name: "Owen Price", email: "owen.price@meridiancolo.example", job: "Operations director", phone: "+44 161 555 0111", lang: "en", zone: "Europe/London", sees: auth.SeesCompany},
			{name: "Hannah Doyle", email: "hannah.doyle@meridiancolo.example", job: "Network engineer", phone: "+44 161 555 0114", lang: "en", zone: "Europe/London", sees: auth.SeesOwn},
			{name: "Ravi Shah", email: "ravi.shah@meridiancolo.example", job: "Night shift engineer", phone: "+44 161 555 0119", lang: "en", zone: "Europe/London", sees: auth.SeesOwn},
		},
	},
	{
		name: "Bosphor Net", other: "Bosphor Net A.Ş.", site: "https://bosphornet.example", domain: "bosphornet.example", phone: "+90 212 555 0160",
		address: "Rıhtım Caddesi 48, 34425 İstanbul", vat: "TR1234567890", manager: "Aylin Demir", responsible: marcoMail,
		people: []person{
			{name: "Aylin Demir", email: "aylin.demir@bosphornet.example", job: "Transport network lead", phone: "+90 212 555 0161", lang: "en", zone: "Europe/Istanbul", sees: auth.SeesCompany},
			{name: "Emre Kaya", email: "emre.kaya@bosphornet.example", job: "Optical engineer", phone: "+90 212 555 0165", lang: "en", zone: "Europe/Istanbul", sees: auth.SeesOwn},
		},
	},
	{
		name: "Fjordnett", other: "Fjordnett AS", site: "https://fjordnett.example", domain: "fjordnett.example", phone: "+47 55 55 01 70",
		address: "Bryggekaien 7, 5003 Bergen", vat: "NO987654325MVA", manager: "Solveig Dahl", responsible: annaMail,
		people: []person{
			{name: "Henrik Lund", email: "henrik@fjordnett.example", job: "VoIP and access", phone: "+47 55 55 01 71", lang: "en", zone: "Europe/Oslo", sees: auth.SeesOwn},
			{name: "Solveig Dahl", email: "solveig@fjordnett.example", job: "Chief technical officer", phone: "+47 55 55 01 72", lang: "en", zone: "Europe/Oslo", sees: auth.SeesCompany},
			{name: "Per Nygaard", email: "per@fjordnett.example", job: "Field engineer", phone: "+47 55 55 01 78", lang: "en", zone: "Europe/Oslo", sees: auth.SeesOwn},
		},
	},
	{
		name: "Vltava Online", other: "Vltava Online a.s.", site: "https://vltavaonline.example", domain: "vltavaonline.example", phone: "+420 245 550 190",
		address: "Na Březince 14, 150 00 Praha", vat: "CZ12345679", manager: "Petr Novotný", responsible: priyaMail,
		people: []person{
			{name: "Petr Novotný", email: "novotny@vltavaonline.example", job: "Head of access network", phone: "+420 245 550 191", lang: "en", zone: "Europe/Prague", sees: auth.SeesCompany},
			{name: "Jana Králová", email: "kralova@vltavaonline.example", job: "IPTV engineer", phone: "+420 245 550 195", lang: "en", zone: "Europe/Prague", sees: auth.SeesOwn},
		},
	},
	{
		name: "Северная связь", other: "ООО «Северная связь», Севсвязь", site: "https://severnaya-svyaz.example", domain: "severnaya-svyaz.example", phone: "+7 8182 555-200",
		address: "163000, Архангельск, наб. Северной Двины, 71", inn: "2901000000", kpp: "290101001", manager: "Анна Келлер", responsible: olgaMail,
		comment: "Удалённые узлы, доставка до трёх недель. Запчасти держат на своём складе.",
		people: []person{
			{name: "Дмитрий Карпов", email: karp, job: "Начальник отдела эксплуатации", phone: "+7 8182 555-201", lang: "ru", zone: "Europe/Moscow", sees: auth.SeesCompany},
			{name: "Светлана Юдина", email: "s.yudina@severnaya-svyaz.example", job: "Инженер сети доступа", phone: "+7 8182 555-214", lang: "ru", zone: "Europe/Moscow", sees: auth.SeesOwn},
			{name: "Олег Пахомов", email: "o.pahomov@severnaya-svyaz.example", job: "Бухгалтер", phone: "+7 8182 555-230", lang: "ru", zone: "Europe/Moscow", sees: auth.SeesOwn, office: true},
			{name: "Марина Титова", email: "m.titova@severnaya-svyaz.example", job: "Инженер мониторинга", phone: "+7 8182 555-218", lang: "ru", zone: "Europe/Moscow", sees: auth.SeesOwn},
		},
	},
	{
		name: "ТомТелеком", other: "АО «ТомТелеком»", site: "https://tomtelecom.example", domain: "tomtelecom.example", phone: "+7 3822 555-300",
		address: "634050, Томск, пр. Ленина, 104", inn: "7017000001", kpp: "701701001", manager: "Анна Келлер", responsible: stepMail,
		people: []person{
			{name: "Алексей Воронцов", email: "vorontsov@tomtelecom.example", job: "Главный инженер", phone: "+7 3822 555-301", lang: "ru", zone: "Asia/Tomsk", sees: auth.SeesCompany},
			{name: "Екатерина Лыткина", email: "lytkina@tomtelecom.example", job: "Инженер IPTV", phone: "+7 3822 555-310", lang: "ru", zone: "Asia/Tomsk", sees: auth.SeesOwn},
			{name: "Роман Шестаков", email: "shestakov@tomtelecom.example", job: "Дежурный инженер", phone: "+7 3822 555-312", lang: "ru", zone: "Asia/Tomsk", sees: auth.SeesOwn},
		},
	},
	{
		name: "Волга-Лайн", other: "ООО «Волга-Лайн»", site: "https://volgaline.example", domain: "volgaline.example", phone: "+7 846 555-40-00",
		address: "443001, Самара, ул. Садовая, 280", inn: "6315000005", kpp: "631501001", manager: "Stepan Alekseev", responsible: olgaMail,
		people: []person{
			{name: "Игорь Мельников", email: "melnikov@volgaline.example", job: "Технический директор", phone: "+7 846 555-40-01", lang: "ru", zone: "Europe/Samara", sees: auth.SeesCompany},
			{name: "Анастасия Рогова", email: "rogova@volgaline.example", job: "Снабжение", phone: "+7 846 555-40-15", lang: "ru", zone: "Europe/Samara", sees: auth.SeesOwn, office: true},
			{name: "Тимур Хасанов", email: "hasanov@volgaline.example", job: "Инженер", phone: "+7 846 555-40-22", lang: "ru", zone: "Europe/Samara", sees: auth.SeesOwn},
		},
	},
	{
		name: "Каспий Сеть", other: "ИП Алиев, Kaspiy Set", site: "https://kaspiyset.example", domain: "kaspiyset.example", phone: "+7 8722 555-500",
		address: "367000, Махачкала, ул. Портовая, 9", inn: "057200000034", manager: "Stepan Alekseev", responsible: stepMail,
		people: []person{
			{name: "Руслан Алиев", email: "aliev@kaspiyset.example", job: "Владелец", phone: "+7 8722 555-501", lang: "ru", zone: "Europe/Moscow", sees: auth.SeesCompany},
			{name: "Заира Магомедова", email: "zaira@kaspiyset.example", job: "Инженер поддержки", phone: "+7 8722 555-503", lang: "ru", zone: "Europe/Moscow", sees: auth.SeesOwn},
		},
	},
	{ // people of no company
		people: []person{
			{name: "Margit Saar", email: "margit.saar@post.example", job: "School IT teacher", phone: "+372 5555 0142", lang: "en", zone: "Europe/Tallinn"},
			{name: "Joel Adeyemi", email: "joel.adeyemi@post.example", job: "Freelance integrator", phone: "+44 7700 900142", lang: "en", zone: "Europe/London"},
			{name: "Вера Носова", email: "vera.nosova@pochta.example", job: "Администратор гимназии", phone: "+7 900 555-01-42", lang: "ru", zone: "Europe/Moscow"},
		},
	},
}

// pin gives a story to somebody, so that the people of the sign-ins have what
// to see. The goal "reopened" is an open ticket whose customer has just come back.
type pin struct{ story, who, agent, goal string }

var pins = []pin{
	{"tftp-stops", elena, marcoMail, "new"},
	{"poe-budget", elena, stepMail, "waiting"},
	{"qinq-example", elena, jonasMail, "postponed"},
	{"rollback-window", elena, annaMail, "closed"},
	{"fan-failed", elena, priyaMail, "resolved"},
	{"dead-after-storm", pavel, priyaMail, "service_centre"},
	{"lacp-after-update", pavel, stepMail, "reopened"},
	{"add-colleague", pavel, annaMail, "closed"},
	{"invoice-copy", "n.belova@uralsvyaz.example", jonasMail, "closed"},
	{"core-unreachable", "tomas.herrera@puertofibra.example", "", "new"},
	{"qinq-tagged", "giulia@lagohosting.example", priyaMail, "reopened"},
	{"warranty-extension", "k.vogel@sw-brennau.example", marcoMail, "postponed"},
	{"two-invoices", "owen.price@meridiancolo.example", jonasMail, "waiting"},
	{"sfp-zero", "aylin.demir@bosphornet.example", marcoMail, "open"},
	{"lldp-med", "henrik@fjordnett.example", annaMail, "open"},
	{"ru-lacp", karp, stepMail, "reopened"},
	{"ru-groza", karp, olgaMail, "service_centre"},
	{"ru-zatuhanie", karp, stepMail, "postponed"},
	{"ru-petlya", karp, olgaMail, "closed"},
	{"ru-sverka", karp, olgaMail, "waiting"},
	{"ru-ospf", karp, stepMail, "resolved"},
}

// place is a site of a firm; under is "" directly under the firm.
type place struct{ name, under, address string }
