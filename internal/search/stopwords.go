package search

import "strings"

// stopWords lists each language's words that say nothing about a subject, in
// folded form without diacritics. They count in titles and headings only.
var stopWords = [langs]map[string]struct{}{
	en: set(`a about above after again all also am an and any are as at be because been before being below
		between both but by can cannot could did do does doing don down during each either else ever every few
		for from further get gets getting give go goes going got had has have having he hello help her here hers hi him his how
		however i if im in into is isn it its itself just know let like ll many may me might more most must my
		myself need no nor not now of off on once one only or other our ours out over own per please re s same
		she should since so some still such t than thank thanks that the their theirs them then there these
		they this those through to too try trying under until up upon us use used using ve very via want was
		wasn we were what when where whether which while who whom why will with within without won would
		wouldn yet you your yours yourself doesn didn couldn shouldn hasn haven aren dear regards d m really
		someone something anything everything way sure tell able`),
	ru: set(`а без более больше будет будто бы был была были было быть в вам вами вас ваш ваша ваше ваши ведь весь вместо
		вновь во вот впрочем все всегда всего всем всеми всех всю вы где да даже для до его ее ей ему если есть еще же
		за здесь и из или им ими их к каждый как какая какие какой какую когда конечно которая которого которое которой
		которые который которых кто куда ли либо лишь между меня мне много может можно можем мой моя мое мои мы на над надо
		наконец нам нами нас наш наша наше наши не него нее ней нельзя нем нет неё ни нибудь никак никогда ним ними них
		ничего но ну нужно нужен нужна о об однако он она они оно опять от очень перед по под пожалуйста подскажите помогите
		пока после потом потому почему почти поэтому при про просто раз разве с сам сама сами само себе себя сейчас
		со совсем спасибо так также такая такие такое такой там тебя тем теперь то тогда того тоже той только том тот
		ту тут ты у уж уже хотя хочу хотим чего чей чем через что чтобы чтоб эта эти этим этих это этого этой этом этому
		этот эту я здравствуйте добрый день уважением делать сделать мочь могу могут мог`),
	de: set(`aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus
		bei beim bin bis bist bitte bzw da dabei dadurch dafur dagegen daher damit danach dann daran darauf daraus darf darin
		das dass davon davor dazu dein deine dem den denn der deren des dessen dich die dies diese diesem diesen dieser
		dieses dir doch dort du durch ein eine einem einen einer eines einige er es etwa etwas euch euer fur ganz gar
		gegen geht gibt habe haben hallo hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im
		immer in indem ins ist ja jede jedem jeden jeder jedes jedoch jetzt kann kannst kein keine keinem keinen keiner
		konnen konnte konnten machen man manche mehr mein meine meinem meinen meiner mich mir mit mochte muss
		mussen musste nach nachdem nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner
		seit selbst sich sie sind so sobald soll sollen sollte sollten sondern sonst soweit sowie uber um und uns unser
		unsere unter viel vom von vor wahrend wann war waren warum was weg weil weiter welche welchem welchen welcher
		welches wenn wer werde werden wie wieder will wir wird wirst wo wurde wurden zu zum zur zwar zwischen danke
		guten tag hilfe wollen sowohl bereits grussen freundlichen`),
	fr: set(`a afin ai ainsi alors apres as au aucun aucune aussi autre autres aux avais avait avant avec avez avoir avons ayant
		beaucoup bien bonjour c ca car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez ci comme
		comment d dans de depuis des deux devra devrait doit doivent donc dont du elle elles en encore entre est et etaient etait
		etant ete etes etre eu eux fait faire faut fois font hors ici il ils j je jusqu jusque l la laquelle le lequel
		les lesquels leur leurs lors lorsqu lorsque lui m ma mais me meme memes merci mes moi moins mon n ne ni nos notre
		nous on ont or ou par parce pas pendant peu peut peuvent peux plus plusieurs plutot pour pourquoi pouvez pouvoir
		pres puis puisque qu quand que quel quelle quelles quelque quelques quels qui quoi s sa sans sauf se selon
		sera serait seront ses si soit sommes son sont sous suis sur t ta tandis te tel telle tes toi ton toujours tous
		tout toute toutes tres trop tu un une va vers veux voici voila voir vos votre vous vu y cordialement svp plait quoi
		souhaite voudrais puis-je aide aider`),
	es: set(`a acerca ademas ahora al algo algun alguna algunas alguno algunos alli ante antes aquel aquella aquellas aquellos aqui asi aun
		aunque bajo bien buenas buenos cada casi como con contra cosa cual cuales cualquier cuando cuanto de debe deben deber
		del desde despues dia dias donde dos durante e el ella ellas ello ellos en entonces entre era eran eres es esa esas ese eso
		esos esta estaba estado estamos estan estar estas este esto estos estoy etc fue fueron fui gracias ha haber habia
		hace hacer hacia han hasta hay he hemos hola incluso la las le les lo los luego mas me mediante mi mientras mio
		mis mismo mucho muchos muy nada ni no nos nosotros nuestra nuestras nuestro nuestros o os otra otras otro otros
		para pero poco por porque posible pues puede pueden puedo que quien quienes quiero saludos se sea segun ser
		seria si sido siempre sin sino sobre solo son soy su sus tal tambien tampoco tan tanto te tener tengo ti tiene
		tienen toda todas todavia todo todos tras tu tus un una unas uno unos usted ustedes va vez y ya yo favor ayuda ayudar necesito
		podria`),
	it: set(`a abbiamo ad agli ai al alcune alcuni alla alle allo allora altra altre altri altro anche ancora appena avere aveva avete bene
		buongiorno c che chi ci ciao cioe come con contro cosa cosi cui d da dagli dai dal dall dalla dalle dallo degli dei
		del dell della delle dello dentro deve devo devono di dopo dove due dunque durante e ecco ed era erano essere fa faccio
		fare fino fra fuori gia gli grazie ha hai hanno ho i il in infatti inoltre io l la le lei li lo loro lui ma me
		meno mentre mi mia mie miei mio molto ne negli nei nel nell nella nelle nello nessun nessuna niente no noi non nostra
		nostre nostri nostro o od ogni ognuno oltre oppure per perche pero piu poco poi posso possono prima proprio puo
		pure qualche quale quali qualsiasi quando quanto quasi quella quelle quelli quello questa queste questi questo
		qui quindi sara saranno se sei sempre senza si sia siamo siano siete solo sono sopra sotto stata state stati
		stato stesso su sua subito sugli sui sul sull sulla sulle sullo suo suoi tale tali tanto te ti tra troppo tu tua tue
		tuo tuoi tutta tutte tutti tutto un una uno v va vi voglio voi volta vorrei vostra vostre vostro salve saluti aiuto
		favore cordiali bisogno`),
}

func set(words string) map[string]struct{} {
	m := map[string]struct{}{}
	for _, w := range strings.Fields(words) {
		m[w] = struct{}{}
	}
	return m
}

func isStop(l lang, w string) bool {
	_, ok := stopWords[l][plain(w)]
	return ok
}
