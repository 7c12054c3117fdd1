package address

// publicDomains are mail providers open to anyone, and services that give out
// throw-away addresses. Subdomains count too.
var publicDomains = set(
	// worldwide
	"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "passport.com", "windowslive.com",
	"yahoo.com", "ymail.com", "rocketmail.com", "myyahoo.com", "aol.com", "aim.com", "icloud.com", "me.com", "mac.com",
	"proton.me", "protonmail.com", "protonmail.ch", "pm.me", "tutanota.com", "tutanota.de", "tuta.io", "tuta.com",
	"zoho.com", "zohomail.com", "fastmail.com", "fastmail.fm", "hushmail.com", "mail.com", "email.com", "gmx.com", "gmx.net",
	"hey.com", "duck.com", "mailbox.org", "posteo.net", "posteo.de", "runbox.com", "inbox.com", "usa.com", "consultant.com",
	"engineer.com", "post.com", "techie.com",
	// Russia and its neighbours
	"mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru", "xmail.ru", "yandex.ru", "yandex.com", "ya.ru", "yandex.by",
	"yandex.kz", "yandex.ua", "narod.ru", "rambler.ru", "lenta.ru", "autorambler.ru", "myrambler.ru", "ro.ru", "rambler.ua",
	"pochta.ru", "hotbox.ru", "mail.ua", "ukr.net", "i.ua", "meta.ua", "bigmir.net", "tut.by", "mail.kz", "vk.com", "sibmail.com",
	"e1.ru", "ngs.ru", "nm.ru", "qip.ru", "km.ru",
	// Germany, Austria, Switzerland
	"gmx.de", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "arcor.de", "yahoo.de", "hotmail.de", "outlook.de",
	"live.de", "mail.de", "email.de", "online.de", "vodafone.de", "o2online.de", "aon.at", "chello.at", "bluewin.ch", "sunrise.ch",
	// France, Belgium
	"orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "neuf.fr", "bbox.fr", "yahoo.fr", "hotmail.fr", "outlook.fr",
	"live.fr", "numericable.fr", "skynet.be", "telenet.be", "hotmail.be",
	// Italy
	"libero.it", "virgilio.it", "tiscali.it", "tin.it", "alice.it", "tim.it", "yahoo.it", "hotmail.it", "outlook.it", "live.it",
	"fastwebnet.it", "inwind.it", "iol.it", "email.it", "poste.it", "pec.it",
	// Spain and Latin America
	"yahoo.es", "hotmail.es", "outlook.es", "telefonica.net", "terra.es", "ono.com", "movistar.es", "terra.com.br", "uol.com.br",
	"bol.com.br", "yahoo.com.br", "hotmail.com.br", "outlook.com.br", "yahoo.com.mx", "prodigy.net.mx", "yahoo.com.ar",
	// United Kingdom, North America, Oceania
	"yahoo.co.uk", "hotmail.co.uk", "live.co.uk", "outlook.co.uk", "btinternet.com", "virginmedia.com", "sky.com", "talktalk.net",
	"comcast.net", "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "earthlink.net",
	"juno.com", "optonline.net", "rogers.com", "shaw.ca", "sympatico.ca", "telus.net", "yahoo.ca", "hotmail.ca",
	"bigpond.com", "optusnet.com.au", "yahoo.com.au", "xtra.co.nz",
	// the rest of Europe
	"wp.pl", "o2.pl", "onet.pl", "interia.pl", "gazeta.pl", "seznam.cz", "email.cz", "centrum.cz", "post.cz", "azet.sk",
	"freemail.hu", "citromail.hu", "abv.bg", "mail.bg", "yahoo.ro", "inbox.lv", "inbox.lt", "mail.ee", "hot.ee",
	"ziggo.nl", "kpnmail.nl", "hotmail.nl", "live.nl", "xs4all.nl", "planet.nl", "home.nl", "sapo.pt", "hotmail.se", "telia.com",
	"spray.se", "online.no", "hotmail.no", "hotmail.dk", "mail.dk", "suomi24.fi", "eircom.net", "otenet.gr", "mynet.com",
	// Asia
	"qq.com", "163.com", "126.com", "yeah.net", "sina.com", "sohu.com", "foxmail.com", "aliyun.com", "139.com",
	"naver.com", "daum.net", "hanmail.net", "nate.com", "yahoo.co.jp", "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp",
	"rediffmail.com", "yahoo.co.in", "yahoo.in", "yahoo.com.sg", "yahoo.com.hk", "yahoo.com.tw", "yahoo.com.vn", "walla.co.il",
	// throw-away
	"mailinator.com", "guerrillamail.com", "10minutemail.com", "tempmail.com", "temp-mail.org", "yopmail.com", "trashmail.com",
	"sharklasers.com", "getnada.com", "dispostable.com", "maildrop.cc", "mintemail.com", "throwawaymail.com", "fakeinbox.com",
	"mailnesia.com", "mohmal.com", "moakt.com", "emailondeck.com", "burnermail.io", "dropmail.me",
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}
