"""What names and everyday news words are called in other languages: one line for each, English forms first."""

import re
from functools import lru_cache

from bot.text.words import CJK, fold, words

_NAMES = """
google alphabet = 谷歌 グーグル 구글 гугл غوغل جوجل
microsoft = 微软 微軟 マイクロソフト 마이크로소프트 майкрософт مايكروسوفت
apple = 苹果 蘋果 アップル 애플 آبل
amazon = 亚马逊 亞馬遜 アマゾン 아마존 амазон أمازون
nvidia = 英伟达 輝達 エヌビディア 엔비디아 إنفيديا
intel = 英特尔 英特爾 インテル 인텔 إنتل
tesla = 特斯拉 テスラ 테슬라 тесла تسلا
samsung = 三星 サムスン 삼성 самсунг سامسونج سامسونغ
huawei = 华为 華為 ファーウェイ 화웨이 хуавеи هواوي
alibaba = 阿里巴巴 アリババ 알리바바 алибаба
tencent = 腾讯 騰訊 テンセント 텐센트
baidu = 百度 バイドゥ 바이두
bytedance = 字节跳动 バイトダンス 바이트댄스
xiaomi = 小米 シャオミ 샤오미 شاومي
deepseek = 深度求索 ディープシーク 딥시크
openai = オープンAI 오픈AI 오픈에이아이
anthropic = アンソロピック 앤트로픽
chatgpt = 챗GPT 챗지피티 チャットGPT чатгпт
claude = 克劳德 クロード 클로드
gemini = 双子座 ジェミニ 제미나이 جيميني
facebook = 脸书 脸谱 フェイスブック 페이스북 فيسبوك
twitter = 推特 ツイッター 트위터 твиттер تويتر
tiktok = 抖音 ティックトック 틱톡 тикток
youtube = 油管 ユーチューブ 유튜브 يوتيوب
netflix = 奈飞 网飞 ネットフリックス 넷플릭스 نتفليكس
spotify = 声田 スポティファイ 스포티파이
uber = 优步 ウーバー 우버 أوبر
airbnb = 爱彼迎
qualcomm = 高通 クアルコム 퀄컴
broadcom = 博通 ブロードコム 브로드컴
arm = 安谋
oracle = 甲骨文 オラクル 오라클
ibm = 国际商业机器
tsmc = 台积电 台積電
softbank = 软银 ソフトバンク 소프트뱅크
sony = 索尼 ソニー 소니
toyota = 丰田 トヨタ 도요타
volkswagen = 大众汽车 フォルクスワーゲン 폭스바겐
boeing = 波音 ボーイング 보잉 боинг بوينغ
airbus = 空中客车 空客 エアバス 에어버스
adobe = 奥多比 アドビ 어도비
cisco = 思科 シスコ
dell = 戴尔 デル
lenovo = 联想集团 レノボ 레노버
linkedin = 领英
whatsapp = 瓦次普 واتساب
yandex = 扬德克斯 яндекс
sber sberbank = сбер сбербанк
bitcoin = 比特币 ビットコイン 비트코인 биткоин بيتكوين
musk = 马斯克 馬斯克 マスク氏 머스크 маск ماسك
altman = 奥特曼 奥尔特曼 アルトマン 올트먼 альтман ألتمان
zuckerberg = 扎克伯格 ザッカーバーグ 저커버그 цукерберг زوكربيرغ
huang = 黄仁勋 黃仁勳 ファン氏 젠슨황
nadella = 纳德拉 ナデラ 나델라
pichai = 皮查伊 ピチャイ 피차이
bezos = 贝佐斯 ベゾス 베이조스 безос بيزوس
gates = 盖茨 ゲイツ
hinton = 辛顿 ヒントン 힌턴
hassabis = 哈萨比斯 ハサビス 허사비스
amodei = 阿莫迪 アモデイ 아모데이
trump = 特朗普 川普 トランプ 트럼프 трамп ترامب
biden = 拜登 バイデン 바이든 баиден بايدن
obama = 奥巴马 オバマ 오바마 обама أوباما
putin = 普京 プーチン 푸틴 путин بوتين
zelensky zelenskyy = selenski zelenski zelenskyj zełenski 泽连斯基 ゼレンスキー 젤렌스키 зеленскии زيلينسكي
xi = 习近平 習近平 시진핑
macron = 马克龙 マクロン 마크롱 макрон ماكرون
merkel = 默克尔 メルケル меркел
johnson = 约翰逊 ジョンソン джонсон
modi = 莫迪 モディ 모디
erdogan = 埃尔多安 エルドアン эрдоган أردوغان
netanyahu = 内塔尼亚胡 ネタニヤフ нетаньяху نتنياهو
harry = 哈里王子 ヘンリー王子
china chinese = cina cinese cinesi chin chinois chinoise chinesisch chines chinesa chinski chinskie kitaj kitajsk cin'in кита китаис الصين صيني 中国 中國 중국
japan japanese = giappon giappones japanisch japon japonais japones japao japonsk японск япони اليابان ياباني 日本 일본
korea korean = corea coreano coreana coree coreen koreanisch koreans корея кореиск كوريا 韩国 韓国 한국
india indian = indien inde indisch indie indyjsk hindistan инди индииск الهند 印度 インド 인도
russia russian = russland russisch russie russe rusia ruso rusa rusya rosja rosji rosyjsk rusij ruski росси российск روسيا روسي 俄罗斯 ロシア 러시아
ukraine ukrainian = ucraina ucraino ukrainisch ucrania ucraniano ukrayna ukraina ukrainsk украин أوكرانيا 乌克兰 ウクライナ 우크라이나
germany german = germania tedesco tedesca tedeschi deutschland deutsch allemagne allemand alemania aleman alemanha niemcy niemiec niemieck almanya alman nemcij nemsk германи немецк ألمانيا 德国 ドイツ 독일
france french = francia francese francesi frankreich franzosisch francais frances franca francj fransa fransiz francosk франци французск فرنسا 法国 フランス 프랑스
italy italian = itali italie italiano italiana italienisch italien italya italijansk wloch wlosk италия итальянск إيطاليا 意大利 イタリア 이탈리아
spain spanish = spagna spagnol spanien spanisch espagne espagnol espana espanol espanha hiszpani hiszpansk ispanya испани испанск إسبانيا 西班牙 スペイン 스페인
poland polish = poloni polonia polen polnisch pologne polonais polsk polonya польш польск بولندا 波兰 ポーランド 폴란드
turkey turkish = turchia turco turkei turkisch turquie turc turquia turkiye turcj turcija турци турецк تركيا 土耳其 トルコ 튀르키예
britain british uk = britannic grossbritannien britisch royaume-uni britannique britanico brytani brytyjsk ingiltere ingiliz britansk британи بريطانيا 英国 イギリス 영국
london = londra londres londyn лондон لندن 伦敦 ロンドン 런던
paris = parigi paryz париж باريس 巴黎 パリ 파리
berlin = berlino берлин برلين 柏林 ベルリン 베를린
moscow = mosca moskau moscou moscu moskwa moskova moskva москв موسكو 莫斯科 モスクワ 모스크바
beijing = pechino peking pekin pequim пекин بكين 北京 ベイジン 베이징
washington = вашингтон واشنطن 华盛顿 ワシントン 워싱턴
california = kaliforni californie калифорни كاليفورنيا 加州 加利福尼亚 カリフォルニア 캘리포니아
texas = техас تكساس 得克萨斯 德州 テキサス 텍사스
florida = floride флорид فلوريدا 佛罗里达 フロリダ 플로리다
york = 纽约 ニューヨーク 뉴욕 نيويورك
chicago = 芝加哥 シカゴ чикаго
hollywood = 好莱坞 ハリウッド голливуд هوليوود
europe european eu = europa europe europeo europea europei europeen europaisch europejsk avrupa evropsk evrop европ أوروبا 欧盟 欧洲 欧州 유럽
america american usa = usa statunitens american amerikanisch amerika americain etats-unis estadounidense eeuu abd amerikan amerykansk ameri сша американск أمريكا أمريكي الأمريكي 美国 米国 미국
canada canadian = kanada kanadisch canadien canadiense канад كندا 加拿大 カナダ 캐나다
mexico mexican = messico messican mexiko mexikanisch mexique mexicain mexic meksyk meksika мексик المكسيك 墨西哥 メキシコ
brazil brazilian = brasil brasilian brasilien bresil brasilen brazyli brezilya бразили البرازيل 巴西 ブラジル 브라질
argentina = argentinien argentine аргентин الأرجنتين 阿根廷 アルゼンチン
australia australian = australien australie australisch avustralya австрали أستراليا 澳大利亚 オーストラリア 호주
iran iranian = иран إيران إيراني 伊朗 イラン 이란
iraq iraqi = irak ирак العراق 伊拉克 イラク
israel israeli = israele israelian israelisch izrael израил إسرائيل 以色列 イスラエル 이스라엘
syria syrian = siria siriano syrien syrie suriye сири سوريا 叙利亚 シリア
egypt egyptian = egitto agypten egypte egipto egipt misir египет مصر 埃及 エジプト
saudi = saudita saudi saoudite saudyjsk suudi саудовск السعودية 沙特 サウジ 사우디
africa african = afrique afrikanisch afrika afryk африк أفريقيا 非洲 アフリカ 아프리카
taiwan = taïwan tajwan tayvan таивань تايوان 台湾 대만
afghanistan = afganistan афганистан أفغانستان 阿富汗 アフガニスタン
wuhan = ухань ووهان 武汉 우한
"""

_WORDS = """
coronavirus covid corona = korona koronawirus koronavirus коронавирус كورونا 冠状病毒 新冠 コロナ 코로나
pandemic epidemic = pandemi pandemia pandemie epidemi epidemia epidemie salgin пандеми эпидеми جائحة وباء 疫情 大流行 パンデミック 팬데믹
virus outbreak = virus wirus вирус فيروس 病毒 ウイルス 바이러스
vaccine vaccination = vaccin vaccino impfstoff impfung vacuna vacina szczepion asi cepivo вакцин لقاح 疫苗 ワクチン 백신
mask masks = mascherin masken masque mascarill maseczk maske маск كمامة 口罩 マスク
hospital = ospedale krankenhaus klinik hopital hospital szpital hastane bolnisnic больниц مستشفى 医院 病院 병원
doctor doctors physician = medico medici arzt arzte medecin medico lekarz doktor zdravnik врач طبيب 医生 医师 医師 의사
patient patients = pazient patienten patient paciente pacjent hasta bolnik пациент المرضى 患者 病人 환자
health = salute gesundheit sante salud saude zdrowi saglik zdravj здоров صحة الصحة 健康 卫生 보건
quarantine lockdown = quarantena quarantane quarantaine confinement cuarentena kwarantann karantina карантин حجر 隔离 封锁 検疫 격리
infection infected cases = contag infizierte infektion contagios infecte infectad zakazen vaka заражен إصابة 感染 确诊 감염
kill killed dead death deaths died dies = mort morto morti ucciso uccisi tot tote toten todes gestorben getotet mort morts tue tues muert muerte muertos muere mortes smierc zginal zginel zmarl zabit olu oldu oldurul mrtv umrl убит погиб смерт умер قتل وفاة مقتل 死亡 丧生 遇难 身亡 死去 死者 사망
injured wounded = ferit verletzt blesse herido heridos ferido ranny rannych yarali ranjen ранен пострада إصابة جرحى 受伤 负伤 けが 부상
shooting gunman shot = sparatoria schusse schiess fusillade tiroteo tiroteio strzelanin streljanj стрельб إطلاق 枪击 銃撃 총격
attack attacks = attacco attacchi angriff anschlag attaque attentat ataque atak saldiri napad атак напад هجوم 袭击 攻击 攻撃 공격
bomb explosion blast = bomba esplosion bombe explosion explosion explosao wybuch patlama eksplozij взрыв انفجار 爆炸 爆発 폭발
war = guerra krieg guerre guerra wojn savas vojn воин حرب 战争 戦争 전쟁
ceasefire truce = tregua waffenruhe cessez-le-feu tregua rozejm ateskes premirj перемири هدنة 停火 停戦 휴전
army military troops = esercito militar militare armee militar militarisch wojsk ordu asker vojsk арми воен الجيش 军队 军事 軍事 군대
soldier soldiers = soldat soldaten soldado zolnierz asker vojak солдат جندي 士兵 兵士 군인
missile rocket = missil rakete missile misil pocisk fuze raket ракет صاروخ 导弹 火箭 ミサイル 미사일
drone drones = droni drohne drone dron dronow insansiz беспилотник дрон 无人机 ドローン 드론
police officer = polizia poliziott polizei polizist policier policia policj polis policij полици الشرطة 警方 警察 경찰
arrest arrested detained = arrestat arresto festgenommen verhaftet arrete interpelle detenid arrestad preso aresztowan zatrzyman gozalti tutuklan aretiran арестован задержан اعتقال القبض 逮捕 被捕 拘留 체포
prison jail = carcere prigione gefangnis haft prison carcel prision prisao wiezieni hapis cezaevi zapor тюрьм سجن 监狱 刑務所 교도소
court judge ruling = tribunale corte giudice gericht richter urteil tribunal juge cour juez sad sedzi mahkeme sodisc sodnik суд судь محكمة القاضي 法院 法庭 法官 裁判 법원 판사
trial = processo prozess proces juicio julgamento proces dava sojenj процесс محاكمة 审判 公判 재판
lawsuit sue sues sued suing = causa denuncia klage verklagt plainte poursuit demanda processa pozew dava tozb иск دعوى 起诉 诉讼 訴訟 提訴 소송
lawyer attorney = avvocat anwalt anwalte avocat abogad advogad adwokat prawnik avukat odvetnik адвокат юрист محام 律师 弁護士 변호사
law bill legislation = legge gesetz loi ley lei ustaw yasa kanun zakon закон قانون 法案 法律 법안
regulation regulator regulators = regolament verordnung regulierung reglement regulacion regulador regulacao regulacj duzenleme uredb регулир регулятор تنظيم 监管 规定 規制 규제
ban banned bans = vieta divieto verbot verbietet interdit interdiction prohib proib zakaz yasak prepoved запрет حظر 禁止 禁令 금지
fine fined penalty = multa bussgeld strafe amende multa grzywn kar ceza kazen штраф غرامة 罚款 罰金 벌금
copyright = copyright urheberrecht autorsk telif авторск 版权 著作権 저작권
privacy = privacy datenschutz confidentialite privacidad prywatnos gizlilik zasebnost приватност خصوصية 隐私 プライバシー 개인정보
antitrust monopoly = antitrust kartell monopol monopole antimonopolio antymonopol tekel антимонопол احتكار 反垄断 独占 독점
fraud scam = frode truffa betrug fraude arnaque estafa oszust dolandir goljufij мошенн احتيال 诈骗 欺诈 詐欺 사기
murder homicide = omicidio mord meurtre asesinato homicidio assassinato morderstw zabojstw cinayet umor убииств جريمة 谋杀 凶杀 殺人 살인
rape sexual assault = stupro vergewaltig viol sexuell agression violacion sexual gwalt tecavuz posilstv изнасилов اغتصاب 强奸 性侵 성폭행
crash accident collision = incidente unfall accident choque accidente acidente wypadek wypadk kaza nesrec авари столкнов حادث 事故 坠毁 车祸 추락
plane aircraft flight = aereo volo flugzeug flug avion vol avion vuelo aviao samolot lot ucak letal самолет реис طائرة 飞机 航班 航空機 항공기
airport = aeroporto flughafen aeroport aeropuerto lotnisk havaalan letalisc аэропорт مطار 机场 空港 공항
train railway = treno bahn zug train tren trem pociag tren vlak поезд قطار 火车 列车 列車 열차
ship boat vessel = nave barca schiff boot bateau navire barco buque navio statek gemi ladj корабл судно سفينة 船只 船舶 선박
car vehicle cars = auto veicol fahrzeug voiture vehicule coche vehicul carro samochod araba arac vozil avtomobil автомобил машин سيارة 汽车 车辆 自動車 자동차
driver driverless = autista fahrer conducteur chauffeur conductor motorista kierowc surucu voznik водител سائق 司机 驾驶 運転 운전
fire fires blaze wildfire = incendio fuoco brand feuer incendie feu fuego pozar yangin pozar пожар حريق 火灾 大火 火事 화재
earthquake quake = terremoto erdbeben seisme terremoto sismo trzesieni deprem potres землетряс زلزال 地震 지진
flood floods = alluvion uberschwemm hochwasser inondation inundacion inundacao enchente powodz sel poplav наводнен فيضان 洪水 홍수
storm hurricane = tempesta uragano sturm ouragan tempete tormenta huracan tempestade burz firtina kasirga nevihta orkan шторм ураган عاصفة 风暴 飓风 暴风 台風 태풍
weather snow rain = tempo neve pioggia wetter schnee regen meteo neige pluie nieve lluvia neve chuva pogod snieg deszcz hava vreme sneg погод снег дожд طقس أمطار 天气 降雪 暴雨 天気 날씨
climate = clima klima climat clima klimat iklim podnebj климат مناخ 气候 気候 기후
government = governo regierung gouvernement gobierno governo rzad hukumet vlad правительств الحكومة 政府 정부
president = presidente prasident president prezydent cumhurbaskan predsednik президент الرئيس رئيس 总统 大統領 대통령
minister ministry = ministro ministero minister ministerium ministre ministere ministerio minister bakan minister министр وزير وزارة 部长 大臣 장관
parliament congress senate = parlamento senato parlament bundestag parlement senat congreso senado sejm meclis parlament парламент сенат البرلمان 国会 议会 參議院 의회
election elections vote voters = elezion voto wahl wahlen election elections scrutin eleccion elecciones eleicao wybor secim volitv выбор голосов انتخابات 选举 投票 選挙 선거
party parties = partito partei parti partido parti stranka партия حزب 政党 정당
opposition = opposizione opposition oposicion oposicao opozycj muhalefet opozicij оппозици معارضة 反对派 野党 야당
protest protests demonstration = protest manifestazion demonstration proteste manifestation protesta manifestacion manifestacao manifestacj gosteri protesto протест احتجاج مظاهرة 抗议 示威 デモ 시위
strike strikes = sciopero streik greve huelga greve strajk grev stavk забастов إضراب 罢工 ストライキ 파업
sanction sanctions = sanzion sanktion sanction sancion sancao sankcj yaptirim sankcij санкци عقوبات 制裁 제재
tariff tariffs trade = dazi zolle handel commerce aranceles comercio tarifas clo handl gumruk ticaret carin trgovin пошлин торгов رسوم تجارة 关税 贸易 関税 관세 무역
premier chancellor = premier kanzler kanzlerin kanclerz basbakan премьер канцлер 总理 首相 총리
king queen prince royal = re regina principe konig konigin prinz roi reine prince rey reina rei rainha principe krol ksiaze kral kralic princ корол принц ملك الأمير 国王 女王 王子 王室 왕자
pope vatican = papa vaticano papst vatikan pape papiez watykan papa vatikan папа البابا 教皇 梵蒂冈 教皇 교황
church = chiesa kirche eglise iglesia igreja kosciol kilise cerkev церков كنيسة 教堂 教会 교회
school schools student students = scuola student studenti schule schuler ecole etudiant eleve escuela estudiante alumno escola szkol uczen uczni student okul ogrenc sol ucenec школ студент учен مدرسة طلاب 学校 学生 학교 학생
university = universit universita universitat universite universidad universidade uniwersytet universite univerz университет جامعة 大学 대학
child children kids = bambin kinder kind enfant nino nina ninos crianca dzieci dziecko cocuk otrok дет ребен أطفال طفل 儿童 孩子 子供 아동
woman women = donna donne frau frauen femme mujer mulher kobiet kadin zensk женщин امرأة نساء 女性 女子 여성
family = famiglia familie famille familia rodzin aile druzin семь عائلة 家庭 家人 家族 가족
film movie movies = film cinema film pelicula filme film фильм кино فيلم 电影 影片 映画 영화
actor actress = attore attrice schauspieler acteur actrice actor actriz ator aktor oyuncu igralec актер ممثل 演员 俳優 배우
music song album singer = musica canzone cantante musik sanger lied musique chanteur musica cantante cancion cantor muzyk piosenk muzik sarki glasb pevec музык певец موسيقى أغنية 音乐 歌手 歌曲 音楽 가수
book author writer = libro autore scrittore buch autor livre auteur libro escritor livro autor ksiazk pisarz kitap yazar knjig pisatelj книг писател كتاب 书籍 作家 小説 작가
game games gaming = gioco giochi videogioco spiel spiele jeu jeux juego videojuego jogo gra gry oyun igra игр لعبة ألعاب 游戏 ゲーム 게임
football soccer league = calcio fussball bundesliga football futbol liga futebol pilk noznej futbol nogomet liga футбол лиг 足球 联赛 サッカー 축구
coach = allenator trainer entraineur entrenador treinador trener antrenor тренер مدرب 教练 監督 감독
player players = giocator spieler joueur jugador jogador zawodnik pilkarz oyuncu futbolcu igralec игрок لاعب 球员 选手 選手 선수
match win victory defeat = partita vittoria sconfitta sieg niederlage spiel match victoire defaite partido victoria derrota vitoria mecz zwyciest mac galibiyet tekma zmag матч побед مباراة فوز 比赛 胜利 試合 승리 경기
olympic olympics = olimpi olimpic olympisch olympique olimpic olimpij olimpiyat олимпи أولمبي 奥运 五輪 올림픽
price prices cost = prezzo prezzi costo preis preise kosten prix cout precio costo preco cena ceny koszt fiyat maliyet cen стоимост цен سعر أسعار 价格 成本 価格 가격
share shares stock stocks = azion aktie aktien bourse acciones bolsa acoes akcj hisse borsa delnic акци أسهم 股价 股票 株価 株式 주가 주식
market markets = mercato mercati markt markte marche mercado rynk rynek piyasa trg рынок рынк سوق الأسواق 市场 市場 시장
bank banks = banca banche bank banken banque banco bank banka bank банк بنك مصرف 银行 銀行 은행
economy economic growth = economi economia wirtschaft economie croissance economia gospodark ekonomi gospodarstv экономик اقتصاد 经济 経済 경제
inflation = inflazione inflation inflacion inflacao inflacj enflasyon inflacij инфляци تضخم 通胀 インフレ 인플레이션
tax taxes = tassa tasse steuer steuern impot taxe impuesto imposto podatek podatk vergi davek налог ضريبة ضرائب 税收 税金 세금
debt loan = debito prestito schuld kredit dette pret deuda prestamo divida dlug kredyt borc kredi dolg posojil долг кредит ديون قرض 债务 贷款 債務 대출
profit revenue earnings sales = utile ricavi fatturato gewinn umsatz benefice revenus ganancia ingresos ventas lucro receita zysk przychod kar gelir dobicek prihodk прибыл выручк أرباح إيرادات 利润 营收 收入 销售额 売上 利益 매출
invest investment investor investors funding raises raised = investiment investe finanziamento investor investition finanzierung investissement finance leve inversion invierte financiacion recauda investimento inwestycj inwestor yatirim nalozb инвести финансир استثمار تمويل 投资 融资 筹集 投資 調達 투자
valuation valued = valutazione valutata bewertung bewertet valorisation valorada valoracion avaliacao wycen degerleme оценк قيمة 估值 評価額 기업가치
acquire acquires acquisition buys takeover merger = acquisizione acquista fusione ubernahme ubernimmt kauft rachat rachete acquisition fusion adquiere adquisicion compra aquisicao fusao przejeci przejmuje fuzj satin devral prevzem купил покупк поглощ слияни استحواذ 收购 并购 合并 買収 인수
deal agreement partnership contract = accordo intesa contratto partnership abkommen vertrag einigung partnerschaft accord contrat partenariat acuerdo contrato alianza acordo parceria umow porozumieni anlasma sozlesme ortaklik dogovor pogodb соглашен договор контракт партнерств اتفاق صفقة شراكة 协议 合作 合同 契約 提携 합의 계약
layoff layoffs jobs cuts unemployment = licenziament stellenabbau entlass arbeitsplatze licenciement emploi despido empleo demissao emprego zwolnien prac issizlik isten odpuscan увольнен сокращен безработиц تسريح وظائف 裁员 失业 就业 解雇 雇用 해고 일자리
worker workers employee employees = lavorator dipendent arbeiter mitarbeiter beschaftigt travailleur salarie trabajador empleado trabalhador funcionari pracownik calisan isci delavec zaposlen работник сотрудник عمال موظف 员工 工人 従業員 직원
company companies firm startup = azienda impresa societa unternehmen firma entreprise societe empresa compania firma spolk sirket podjetj компани شركة 公司 企业 企業 기업 회사
factory plant = fabbrica stabilimento fabrik werk usine fabrica planta fabryk fabrika tovarn завод مصنع 工厂 工場 공장
ceo chief boss executive = amministratore capo chef vorstand geschaftsfuhrer patron pdg dirigeant jefe presidente-executivo prezes szef ceo yonetici direktor гендиректор глав مدير 首席执行官 总裁 掌门人 最高経営責任者 대표 최고경영자
resign resigns resignation quits steps leave = dimission dimette rucktritt zuruck tritt demission demissionne dimision dimite renuncia demissao rezygn istifa odstop отставк уволился استقالة 辞职 离职 辞任 사임 퇴사
launch launches launched unveil unveils release releases released introduces debuts = lancia lancio presenta rilascia svela veroffentlicht stellt startet vorstell lance devoile publie lanza presenta publica lanca apresenta prezentuj wprowadz premier tanit yayinla predstav lansir представ выпуст запуст запуск أطلقت تطلق إطلاق كشفت 发布 推出 发表 上线 发售 亮相 公開 発表 発売 출시 공개 발표
update upgrade version = aggiornamento version aktualis actualizacion atualizacao aktualizacj guncelleme posodobitev обновлен верси تحديث 更新 升级 版本 アップデート 업데이트
open-source opensource = open-source quelloffen opensource otwart odprtokod открыт 开源 オープンソース 오픈소스
model models = modell modelle modello modelli modele modelo modeli модел نموذج نماذج 模型 モデル 모델
chip chips semiconductor processor = chip halbleiter prozessor puce semi-conducteur semiconductor procesador processador polprzewodnik procesor cip polprevodnik чип процессор رقائق 芯片 半导体 处理器 半導体 プロセッサ 반도체
robot robots robotics humanoid = robot roboter roboti robotique robotik robotyk робот روبوت 机器人 ロボット 로봇
robotaxi taxi = robotaxi taxi taksowk taksi такси 出租车 タクシー 택시
computer computers pc = computer rechner ordinateur ordenador computador komputer bilgisayar racunalnik компьютер كمبيوتر حاسوب 电脑 计算机 パソコン コンピュータ 컴퓨터
phone smartphone iphone mobile = telefon telefono handy telephone movil celular telefon akilli pametni смартфон телефон هاتف 手机 智能手机 スマホ スマートフォン 스마트폰
app apps application = applicazion anwendung application aplicacion aplicativo aplikacj uygulama aplikacij приложен تطبيق 应用 アプリ 앱을
software = software logiciel oprogramowani yazilim программ برنامج 软件 ソフト 소프트웨어
search = ricerca suche suchmaschine recherche busqueda busca wyszukiwa arama iskan поиск بحث 搜索 検索 검색
browser = browser navigateur navegador przegladark tarayici brskalnik браузер متصفح 浏览器 ブラウザ 브라우저
assistant chatbot bot = assistent chatbot assistente asistente asystent asistan pomocnik ассистент помощник чат-бот مساعد 助手 聊天机器人 アシスタント 챗봇
agent agents = agente agenti agenten ajan агент وكيل وكلاء 代理 智能体 エージェント 에이전트
data database = dati daten donnees datos dados danych dane veri podatk данны بيانات 数据 データ 데이터
center centre datacenter = rechenzentrum datacenter centro centre centrum merkez center центр مركز 数据中心 データセンター 데이터센터
cloud = cloud nuage nube nuvem chmur bulut oblak облак سحابة 云计算 云服务 クラウド 클라우드
hack hacker hackers breach cyberattack cyber security vulnerability = hacker sicurezza cyber cyberangriff sicherheitslucke cybersicherheit piratage faille cyberattaque securite ciberataque seguridad vulnerabilidad seguranca haker cyberatak bezpieczens siber guvenlik heker varnost хакер кибератак уязвим безопасност اختراق ثغرة 黑客 漏洞 网络安全 安全 ハッカー 脆弱性 해커 보안
leak leaks leaked = fuga leck fuite filtracion vazament wyciek sizinti uhajanj утечк تسريب 泄露 泄漏 流出 漏えい 유출
outage down = interruzione ausfall panne interrupcion caida apagao awari kesinti izpad сбои انقطاع 宕机 中断 故障 障害 장애
energy power electricity = energia elettric energie strom electricite electric eletric energi elektryczn prad elektrik enerji elektrik энерги электр طاقة كهرباء 能源 电力 電力 에너지 전력
oil gas = petrolio olio gas ol erdgas petrole gaz petroleo rop gaz petrol dogalgaz nafta plin нефт газ نفط غاز 石油 天然气 原油 석유
nuclear = nuclear nucleare atom kernkraft nucleaire jadrow nukleer jedrsk ядерн атом نووي 核能 核电 核武 核试 원자력
space satellite nasa = spazio satellit weltraum satellit espace satellite espacio espaco kosmos satelit uzay uydu vesolj космос спутник فضاء 太空 卫星 航天 宇宙 衛星 우주 위성
moon lunar = luna mond lune lua ksiezyc ay'a lun луна лунн القمر 月球 登月 月面 달
science scientist scientists research researchers study = scienz scienziat ricercator studio wissenschaft forscher studie scientifique chercheur etude cientific investigador estudio pesquisador estudo naukow badan badacz bilim arastirma znanstven raziskav ученые исследова علماء دراسة باحث 科学 研究 研究人员 科学家 研究者 연구
discovery discovered found = scopert entdeckt entdeckung decouvert descubr descobr odkryt odkryc kesfe odkrit открыти обнаруж اكتشاف 发现 発見 발견
medicine drug drugs = farmac medicin medikament arznei medicament medicament remedio lek lekow ilac zdravil лекарств دواء أدوية 药物 药品 薬 의약품
cancer = cancro tumore krebs cancer cancer rak nowotwor kanser rak рак سرطان 癌症 がん 암을
weapon gun guns = arma armi waffe waffen arme arma bron silah orozj оружи سلاح أسلحة 枪支 武器 銃 무기
terror terrorist terrorism = terror terrorism terrorist terroriste terrorista terroryst teror террор إرهاب 恐怖 テロ 테러
migrant migrants refugee refugees immigration = migrant rifugiat fluchtling migration refugie migrant refugiado inmigra migra uchodzc gocmen multec begunc мигрант беженц لاجئ مهاجر 移民 难民 難民 이민 난민
border = confin grenze frontiere frontera fronteira granic sinir mej границ حدود 边境 国境 국경
dog dogs cat animal animals = cane gatto animal hund katze tier tiere chien chat perro gato cachorro psa pies kot zwierze kopek kedi hayvan pes macka zival собак кошк животн كلب حيوان 动物 小狗 猫咪 動物 동물
video videos image images photo photos = video immagin foto bild bilder image imagen imagem zdjeci wideo goruntu fotograf slik видео фото изображен فيديو صورة 视频 图像 照片 图片 動画 画像 写真 영상 이미지
voice speech audio = voce stimme voix voz glos ses glas голос صوت 语音 声音 音声 음성
translate translation language = traduzione lingua ubersetz sprache traduction langue traduccion idioma traducao jezyk tlumacz ceviri prevod jezik перевод язык ترجمة لغة 翻译 语言 翻訳 言語 번역 언어
test tests = test prova essai prueba teste testow testi testiran тест испытан اختبار 测试 试验 テスト 시험
warning warns warned danger risk = avvert allarme rischio warnt warnung risiko gefahr avertit danger risque advierte riesgo alerta perigo ostrzega ryzyk uyardi uyari tehlik opozoril nevarn предупре опасн риск تحذير خطر 警告 风险 危险 危険 경고 위험
plan plans = piano plan plane projet planea plano plan خطة 计划 計画 계획
meeting summit talks negotiations = incontro vertice trattativ treffen gipfel verhandlung rencontre sommet negociation reunion cumbre negociacion encontro cupula spotkani szczyt rozmow gorusme zirve toplanti srecanj vrh pogajanj встреч саммит переговор قمة اجتماع محادثات 会议 峰会 谈判 会谈 会談 会議 정상회담 회의
visit visits = visita besuch visite wizyt ziyaret obisk визит زيارة 访问 訪問 방문
speech statement announces announced = annuncia dichiara erklart kundigt annonce declare anuncia declara zapowie oswiadcz acikla napoved объяв заяв أعلن أعلنت 宣布 声明 发表声明 表明 발표
record highest = record rekord recorde rekor рекорд قياسي 创纪录 记录 記録 기록
birthday anniversary = compleanno anniversari geburtstag jubilaum anniversaire cumpleanos aniversari urodzin rocznic yildonum rojstn юбиле ذكرى 生日 周年 誕生日 생일
wedding married divorce = matrimonio nozze divorzi hochzeit scheidung mariage divorce boda divorcio casamento slub rozwod dugun bosan porok locit свадьб развод زفاف طلاق 婚礼 离婚 結婚 결혼
holiday christmas easter = natale pasqua vacanz weihnacht ostern urlaub noel paques vacances navidad pascua natal wakacj swiat tatil bozic рождеств праздник عيد 圣诞 假期 复活节 クリスマス 휴가
food restaurant = cibo ristorant essen restaurant nourriture comida restaurante jedzeni restauracj yemek lokanta hran restavracij ресторан еда طعام مطعم 食品 餐厅 食物 レストラン 음식
water sea beach = acqua mare spiaggia wasser meer strand eau mer plage agua mar playa praia wod morz su deniz plaj vod morj plaz вод мор пляж مياه البحر 海滩 海洋 水域 바다
city mayor = citta sindaco stadt burgermeister ville maire ciudad alcalde cidade prefeito miast burmistrz sehir belediye mest zupan город мэр مدينة عمدة 城市 市长 都市 市長 도시 시장은
house home housing = casa haus wohnung maison logement casa vivienda dom mieszkan ev konut his дом жиль منزل مساكن 住房 房屋 住宅 주택
ticket event festival concert = concerto festival konzert concert concierto koncert konser koncert концерт фестивал حفل مهرجان 音乐会 演唱会 节日 コンサート 콘서트
news newspaper journalist media press = giornal stampa zeitung journalist presse journal periodista prensa jornal imprensa dziennikarz gazeta gazeteci basin novinar журналист газет صحفي صحيفة 记者 媒体 报纸 記者 기자 언론
artificial ai intelligence = ia ki intelligenza kunstliche artificielle inteligencia sztuczn yapay umetn искусственн ии ذكاء 人工智能 人工知能 인공지능
"""


WORD = "~"
"""What marks an everyday word among concepts: it is no name."""


def _forms(side: str) -> list[str]:
    return [fold(form) for form in side.split()]


def _read(table: str, mark: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the concept of each English form of a table, and of each other form."""
    english: dict[str, str] = {}
    other: dict[str, str] = {}
    for line in table.strip().splitlines():
        ours, theirs = (_forms(side) for side in line.split("=", 1))
        english |= {form: mark + ours[0] for form in ours if form not in english}
        other |= {form: mark + ours[0] for form in theirs if form not in other}
    return english, other


(_english_names, _other_names), (_english_words, _other_words) = _read(_NAMES, ""), _read(_WORDS, WORD)
_ENGLISH, _OTHER = _english_words | _english_names, _other_words | _other_names
_CJK_FORM = re.compile(
    "|".join(sorted((re.escape(f) for f in _OTHER if re.search(f"[{CJK}]", f)), key=lambda f: (-len(f), f)))
)
_CJK_CHAR = re.compile(f"[{CJK}]")
_ARTICLES = ("وال", "بال", "لل", "ال")


def concepts(text: str, language: str) -> frozenset[str]:
    """Return what a text speaks of, as the first English form of each line; everyday words with a mark."""
    if language == "en":
        return frozenset(filter(None, map(_english_concept, words(text))))
    spoken = set(filter(None, map(_concept, words(text))))
    if _CJK_CHAR.search(text):
        spoken.update(_OTHER[form] for form in _CJK_FORM.findall(fold(text)))
    return frozenset(spoken)


@lru_cache(maxsize=1 << 16)
def _english_concept(word: str) -> str | None:
    return _ENGLISH.get(fold(word).removesuffix("'s"))


@lru_cache(maxsize=1 << 16)
def _concept(word: str) -> str | None:
    """Return the concept of a word whose ending may be inflected."""
    word = fold(word)
    article = next((a for a in _ARTICLES if word.startswith(a) and len(word) > len(a) + 2), "")
    bare = word.removeprefix(article)
    stems = (bare[: len(bare) - cut] for cut in range(min(3, len(bare) // 3) + 1))
    return next((found for stem in stems if (found := _OTHER.get(stem))), None)
