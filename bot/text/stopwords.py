"""Words too common to tell two stories apart, folded, by language. Short on purpose: frequencies learn the rest."""

BY_LANGUAGE = {
    "en": """
a an and are as at be been but by can could did do does for from had has have he her his how i if in into is
it its just may might more most my new no not now of on one or our out over says said she should so some
than that the their them then there these they this those to too up us was we were what when where which
while who why will with would you your about after all also amid any because before being between down
during each first get gets here like make makes many next off only other own s t re ve ll d via vs per
    """,
    "it": """
il lo la i gli le un uno una di a da in con su per tra fra e o ma se che chi cui non si ne ci del dello
della dei degli delle al allo alla ai agli alle dal dallo dalla dai dagli dalle nel nello nella nei negli
nelle sul sullo sulla sui sugli sulle col come dove quando perche piu anche ancora ora gia sono stato stata
ha hanno puo sua suo loro questo questa questi queste dopo contro senza secondo sara ecco cosa tutto tutti
tutte
    """,
    "de": """
der die das den dem des ein eine einen einem einer eines und oder aber in im an am auf aus bei mit nach von
vom zu zum zur fur uber unter vor um durch gegen ohne ist sind war wird werden wurde hat haben kann soll
sich nicht nur auch noch mehr als wie was wer wo warum wenn dass es er sie wir ihr sein ihre seine neue
neuer neues neuen jetzt nun schon
    """,
    "fr": """
le la les l un une des du de d et ou mais dans en sur sous par pour avec sans vers chez ce cet cette ces son
sa ses leur leurs qui que quoi dont est sont a ont ete sera peut ne pas plus au aux il elle ils elles se on
nous vous comment pourquoi quand apres avant deja tout tous toutes nouveau nouvelle selon
    """,
    "es": """
el la los las un una unos unas de del al y o pero en con sin por para sobre entre contra hasta desde que
quien como cuando donde su sus se es son fue ha han sera puede no mas ya lo le les este esta estos estas
tras segun muy tambien nuevo nueva todo todos
    """,
    "pt": """
o os as um uma uns umas do da dos das no na nos nas em por pelo pela com sem para sobre entre que quem como
quando onde seu sua seus suas se e sao foi tem ser nao mais ja ao aos apos novo nova
    """,
    "nl": """
de het een en of maar in op aan bij met van voor naar uit over onder door tegen zonder is zijn was wordt
heeft kan niet ook nog meer dan als wat wie dat
    """,
    "pl": """
i w z na do o po od za dla przez przy nad pod jest sa byl nie sie to jak co kto ktory ktora oraz ze jego jej
juz tylko
    """,
    "ru": """
и в на с по из за к от для о об у не что как это его ее их но а или при до над под уже еще был была были
будет также после
    """,
    "tr": """
ve ile bir bu da de icin gibi daha cok en ne mi olarak
    """,
    "uk": """
я ти він вона що як для та і й у в на з до від про за не це його її їх або чи який яка які також після перед
під час буде було були вже ще лише щоб між
    """,
}

STOPWORDS = frozenset(word for words in BY_LANGUAGE.values() for word in words.split())
