"""What the report says, in Swedish and English side by side. Sentences that rules make stand in sentences.py."""

from collections.abc import Callable

from pipeline.report.language import Language

WORDS: dict[str, tuple[str, str]] = {
    # Words of every format
    "illustrative": ("Illustrativa uppgifter, ingen statistik", "Illustrative data, not statistics"),
    "candidates": ("Föreslagna kandidatregioner", "Proposed candidate regions"),
    "region": ("Region", "Region"),
    "region_code": ("Länskod", "County code"),
    "place": ("Plats", "Place"),
    "score": ("Poäng", "Score"),
    "nation": ("Riket", "Sweden"),
    "not_rounded": ("avrundas inte", "not rounded"),
    "indicator": ("Indikator", "Indicator"),
    "weight": ("Vikt", "Weight"),
    "value": ("Värde", "Value"),
    "normalised": ("Normaliserat", "Normalised"),
    "yes": ("ja", "yes"),
    "no": ("nej", "no"),
    "none": ("Inga.", "None."),
    "status_withheld": ("en uppgift är sekretessbelagd", "a figure is withheld"),
    "status_missing": ("en uppgift saknas", "a figure is missing"),
    "status_undefined": ("kan inte beräknas: nämnaren är noll", "cannot be computed: it would divide by zero"),
    "status_series-break": ("fönstret går över två statistikserier", "the window joins two series"),
    # Document
    "basis": ("underlag för nominering", "basis for nomination"),
    "subject": (
        "Indikatorer, rangordning och kandidatregioner, {base}–{final}",
        "Indicators, ranking and candidate regions, {base}–{final}",
    ),
    "illustrative_notice": (
        "ILLUSTRATIVA UPPGIFTER, ingen statistik: {files}. Värdena är framtagna för att pröva verktyget. Använd inget av det som"
        " följer som underlag förrän de har ersatts.",
        "ILLUSTRATIVE DATA, not statistics: {files}. The values were made to try the tool. Do not use anything below until they"
        " have been replaced.",
    ),
    "across_series": (
        "Tillväxten till {year} går över två statistikserier, som mäts på olika sätt. Omgången godtar det: {reason}",
        "The growth to {year} joins two series, measured in different ways. The round accepts it: {reason}",
    ),
    "lead": (
        "Rangordningen föreslår som kandidater: {regions}.",
        "The ranking proposes as candidates: {regions}.",
    ),
    "could_take_place": (
        "{region} kan inte rangordnas, men kan med det som är publicerat stå på plats {best}, bland kandidaterna.",
        "{region} cannot be ranked, but given what is published could take place {best}, among the candidates.",
    ),
    "people_nominate": (
        "Rangordningen är ett förslag. Den nominerar ingen: det gör människor, som också väger in annat än siffror.",
        "The ranking is a proposal. It nominates nobody: people do, and they weigh in more than figures.",
    ),
    "how_sure": ("Hur säkert?", "How sure?"),
    "near": ("Nära kandidaterna", "Near the candidates"),
    "near_intro": (
        "Med andra vikter, fönster eller metoder, eller om okända uppgifter vore kända, kan också dessa län stå bland kandidaterna.",
        "With other weights, windows or methods, or if unknown figures were known, these counties too could be among the candidates.",
    ),
    "more_about": ("Allt om {region}", "All about {region}"),
    "from_to": ("från {base} ({base_year}) till {final} ({final_year})", "from {base} ({base_year}) to {final} ({final_year})"),
    "evidence": ("Annat än statistik", "Beyond statistics"),
    "ground_collaboration": ("Samverkan mellan aktörer", "Collaboration between actors"),
    "ground_cross_border_partners": ("Partner över gränserna", "Partners across borders"),
    "ground_companies_reached": ("Företag som nås", "Companies reached"),
    "ground_brand": ("Regionens varumärke", "The region's brand"),
    "no_evidence": ("inget är infört.", "nothing has been entered."),
    "evidence_note": (
        "Påståenden ur angivna källor, utanför poängen. Där inget är infört vet underlaget inget; det betyder inte att inget finns.",
        "Statements from the sources named, outside the score. Where nothing has been entered nothing is known; it does not mean that there is none.",
    ),
    "entered_by": ("infört av {who}", "entered by {who}"),
    "whatif_elsewhere": (
        "I HTML-rapporten går det att pröva andra fönster, vikter och metoder, och se rangordningen följa med.",
        "In the HTML report you can try other windows, weights and methods, and see the ranking follow.",
    ),
    # Ranking
    "ranking": ("Hela rangordningen", "The whole ranking"),
    "ranking_intro": (
        "Fönstret är {base}–{final}. Riket står som jämförelse och rangordnas inte.",
        "The window is {base}–{final}. Sweden stands beside for comparison and is not ranked.",
    ),
    "ranking_caption": ("Länens plats, poäng och indikatorer, {base}–{final}", "Each county's place, score and indicators, {base}–{final}"),
    "ranking_note": (
        "Vikter: {weights}. Övriga indikatorer visas men ingår inte i poängen. Två punkter (..) betyder att en uppgift är sekretessbelagd, saknas eller inte kan beräknas."
        " För antal exportörer visas inget för riket: det räknar ett företag en gång, länen en gång i varje län.",
        "Weights: {weights}. Other indicators are shown and do not count. Two dots (..) mean that a figure is withheld or missing, or cannot be computed."
        " Nothing is shown for Sweden where exporters are counted: the nation counts an enterprise once, the counties once in each.",
    ),
    "map_caption": ("{label}, län för län", "{label}, county by county"),
    "map_alternative": (
        "Karta över länen. {label}: högst {highest}; lägst {lowest}.",
        "Map of the counties. {label}: highest {highest}; lowest {lowest}.",
    ),
    "map_unknown": ("Okänd uppgift: {regions}.", "Unknown: {regions}."),
    # Robustness
    "robustness": ("Hur säkert är det?", "How sure is it?"),
    "robustness_intro": (
        "Rangordningen prövas mot andra val. Omdömena beskriver rangordningen, inte regionerna, och avgör ingenting. Gränserna för dem"
        " står i omgångens fil.",
        "The ranking is tested against other choices. The verdicts describe the ranking, not the regions, and decide nothing. Their bounds"
        " stand in the award's file.",
    ),
    "shares_caption": (
        "Andel av prövningarna där länet är bland kandidaterna",
        "Share of the trials in which the county is among the candidates",
    ),
    "proposed": ("Föreslagen", "Proposed"),
    "verdict": ("Omdöme", "Verdict"),
    "verdict_robust": ("stabil", "robust"),
    "verdict_depends_on_weights": ("beror på vikterna", "depends on weights"),
    "verdict_depends_on_the_window": ("beror på fönstret", "depends on the window"),
    "verdict_depends_on_method": ("beror på metoden", "depends on method"),
    "verdict_marginal": ("på gränsen", "marginal"),
    "verdict_near": ("kandidat bara i en mindre del av prövningarna", "a candidate in a minority of the trials only"),
    "verdicts_note": (
        "Stabil: kandidat i minst {robust} av viktningarna, av fönstren och av metoderna. På gränsen: i mindre än {marginal} av vart och ett."
        " Annars sägs vad platsen beror mest på. Län utanför förslaget tas med från {near} i något av dem.",
        "Robust: a candidate in at least {robust} of the weightings, of the windows and of the methods. Marginal: in less than {marginal} of each."
        " Else what the place depends on most. Counties outside the proposal are listed from {near} in any of them.",
    ),
    "without_caption": ("Plats utan en av indikatorerna", "Place without one of the indicators"),
    "without": ("Utan: {label}", "Without: {label}"),
    "without_note": (
        "Övriga vikter ökas i proportion. Kandidater är utmärkta med *.",
        "The other weights grow in proportion. Candidates are marked with *.",
    ),
    "of_weightings": ("Av alla viktningar", "Of all weightings"),
    "of_windows": ("Av alla fönster", "Of all windows"),
    "of_methods": ("Av alla metoder", "Of all methods"),
    "sampled": (
        "Andelen av viktningarna är beräknad på {draws} slumpade viktningar; talet efter ± är medelfelet i procentenheter. En andel på"
        " 0 eller 100 % betyder att ingen av de slumpade viktningarna gav något annat, inte att ingen finns.",
        "The share of weightings is computed on {draws} random weightings; the number after ± is the standard error in percentage points."
        " A share of 0 or 100% means that none of those drawn said otherwise, not that there is none.",
    ),
    "exact": ("Andelen av viktningarna är exakt.", "The share of weightings is exact."),
    "methods_note": (
        "De {windows} fönstren är alla par av år i omgångens data. De {methods} metoderna är {pairs} par av normalisering och"
        " sammanvägning, vart och ett med varje regel för delade platser och båda sätten att räkna invånare, som sällan ändrar något."
        " Percentilrang ger alltid samma ordning som rang.",
        "The {windows} windows are all pairs of years in the award's data. The {methods} methods are {pairs} pairs of normalisation and"
        " aggregation, each with every tie rule and both ways to count inhabitants, which seldom change anything."
        " Percentile rank always gives the order that rank gives.",
    ),
    "intervals_caption": ("Mellan vilka platser länen står när valen ändras", "Between which places counties stand when choices change"),
    "in_most_weightings": ("I 90 % av alla viktningar", "In 90% of all weightings"),
    "in_all_windows": ("I alla fönster", "In all windows"),
    "with_all_methods": ("Med alla metoder", "With all methods"),
    "interval_of": (
        "{region}, plats {place}: {weights_best}–{weights_worst} i 90 % av alla viktningar, {windows_best}–{windows_worst} i alla fönster,"
        " {methods_best}–{methods_worst} med alla metoder.",
        "{region}, place {place}: {weights_best}–{weights_worst} in 90% of all weightings, {windows_best}–{windows_worst} in all windows,"
        " {methods_best}–{methods_worst} with all methods.",
    ),
    "windows_caption": ("Länens plats i varje fönster", "Each county's place in every window"),
    "windows_of": ("{region} är bland kandidaterna i {times} fönster.", "{region} is among the candidates in {times} windows."),
    "window_matters": ("Fönstret spelar roll för kandidaterna:", "The window matters to the candidates:"),
    "weights_caption": (
        "Så långt kan en vikt flyttas innan kandidaten faller ur",
        "How far one weight can move before the candidate falls out",
    ),
    "stays_candidate": ("Kandidat med vikt mellan", "Candidate with a weight between"),
    "weights_note": ("De andra vikterna ändras i proportion.", "The other weights change in proportion."),
    "scenarios_caption": ("Plats om länets egna siffror är fel", "Place if the county's own figures err"),
    "scenario": ("Scenario", "Scenario"),
    "places": ("Platser", "Places"),
    "scenarios_note": (
        "Bästa och sämsta plats när felen är till länets fördel eller nackdel i fönstrets båda år. Felens storlek är antaganden i omgångens fil.",
        "Best and worst place when errors favour the county or are against it in both years of the window. Their size is assumed in the award's file.",
    ),
    # Development, maps, unranked
    "development": ("Utveckling över tid", "Development over time"),
    "development_intro": (
        "Kandidaterna och riket är utmärkta; övriga län står i grått.",
        "The candidates and Sweden stand out; other counties are grey.",
    ),
    "development_caption": (
        "Små och medelstora företags varuexport per invånare, kronor",
        "Goods exports of small and medium-sized enterprises per inhabitant, SEK",
    ),
    "development_note": (
        "Löpande priser; folkmängd den 31 december samma år. Två punkter (..) betyder att en uppgift är sekretessbelagd eller saknas.",
        "Current prices; inhabitants on 31 December of the year. Two dots (..) mean that a figure is withheld or missing.",
    ),
    "development_of": (
        "{region}: {first} år {first_year}, {last} år {last_year}.",
        "{region}: {first} in {first_year}, {last} in {last_year}.",
    ),
    "nothing_known": ("{region}: inget år är känt.", "{region}: no year is known."),
    "maps": ("Indikatorerna på karta", "The indicators on maps"),
    "unranked": ("Regioner som inte kan rangordnas", "Regions that cannot be ranked"),
    "nothing_bounds": (
        "Inget publicerat begränsar vilken plats länet kan ha.",
        "Nothing published bounds the place it could have.",
    ),
    "could_stand": (
        "Med det som är publicerat kan länet stå mellan plats {best} och {worst}.",
        "Given what is published it could stand between places {best} and {worst}.",
    ),
    "unknown_is_not_zero": (
        "En sekretessbelagd eller saknad uppgift är inte noll. Regionen kan vara stark eller svag; underlaget säger inget om vilket.",
        "A withheld or missing figure is not zero. The region may be strong or weak; the data do not tell which.",
    ),
    # Regions
    "regions": ("Alla regioner", "All regions"),
    "regions_intro": (
        "Vad som är känt om varje län, och vad dess plats beror på.",
        "What is known of each county, and what its place depends on.",
    ),
    "region_proposed": (
        "Plats {place} av {ranked} rangordnade, poäng {score}. Föreslagen kandidatregion.",
        "Place {place} of {ranked} ranked, score {score}. Proposed candidate region.",
    ),
    "region_place": ("Plats {place} av {ranked} rangordnade, poäng {score}.", "Place {place} of {ranked} ranked, score {score}."),
    "region_unranked": ("Rangordnas inte.", "Not ranked."),
    "region_development": (
        "{region} och riket: små och medelstora företags varuexport per invånare, kronor",
        "{region} and Sweden: goods exports of SMEs per inhabitant, SEK",
    ),
    "region_intervals": (
        "Platsen ligger mellan {weights_best_rank} och {weights_worst_rank} i 90 % av alla viktningar, mellan {windows_best_rank} och"
        " {windows_worst_rank} i alla fönster, och mellan {methods_best_rank} och {methods_worst_rank} med alla metoder.",
        "Its place lies between {weights_best_rank} and {weights_worst_rank} in 90% of all weightings, between {windows_best_rank} and"
        " {windows_worst_rank} in all windows, and between {methods_best_rank} and {methods_worst_rank} with all methods.",
    ),
    "would_enter": ("Vad som ensamt skulle göra länet till kandidat", "What alone would make the county a candidate"),
    "would_leave": ("Vad som ensamt skulle ta länet ur förslaget", "What alone would take the county out of the proposal"),
    "turns_at": ("skulle behöva vara {value} (nu {now})", "would have to be {value} (now {now})"),
    "turns_never": ("skulle inte räcka, vilket värdet än vore (nu {now})", "would not suffice, whatever its value (now {now})"),
    "parts_caption": ("Vad poängen består av", "What the score is made of"),
    "at_place": ("{region}, plats {place}", "{region}, place {place}"),
    # Method and sources
    "method_title": ("Metod", "Method"),
    "method": (
        "Varje indikator normaliseras med {normalisation}, vägs och läggs samman till en poäng som {aggregation}. Lika poäng {ties}. Högst"
        " poäng föreslås, {candidates} regioner; delas den sista platsen, följer alla med. Värden per invånare räknas på {denominator}.",
        "Each indicator is normalised by {normalisation}, weighed, and added up to a score as {aggregation}. Equal scores {ties}. The highest"
        " scores are proposed, {candidates} regions; if the last place is shared, all who share it are. Values per inhabitant use {denominator}.",
    ),
    "normalisation_min-max": ("min–max-skalning (lägst 0, högst 1)", "min–max scaling (lowest 0, highest 1)"),
    "normalisation_z-score": ("standardisering (z-värde, n−1)", "standardisation (z-score, n−1)"),
    "normalisation_percentile-rank": ("percentilrang", "percentile rank"),
    "normalisation_rank": ("rang", "rank"),
    "aggregation_arithmetic": ("vägt aritmetiskt medelvärde", "a weighted arithmetic mean"),
    "aggregation_geometric": ("vägt geometriskt medelvärde", "a weighted geometric mean"),
    "ties_min": ("delar den bättre platsen", "share the better place"),
    "ties_max": ("delar den sämre platsen", "share the worse place"),
    "ties_dense": ("delar plats, och nästa plats följer direkt", "share a place, and the next place follows at once"),
    "denominator_year-end": ("folkmängden den 31 december", "inhabitants on 31 December"),
    "denominator_mean": ("medelfolkmängden, av två årsskiften", "mean inhabitants, of two year-ends"),
    "indicators_caption": ("Omgångens indikatorer", "The award's indicators"),
    "name": ("Namn i data", "Name in the data"),
    "shown_only": ("visas", "shown"),
    "best_is": ("Bäst är", "Best is"),
    "reason": ("Skäl", "Reason"),
    "direction_higher": ("högt", "high"),
    "direction_lower": ("lågt", "low"),
    "definitions": ("Definitioner", "Definitions"),
    "definition_list": (
        "Små och medelstora företag: färre än 250 anställda (storleksklasserna 0–9, 10–49 och 50–249).\n"
        "Varuexport per invånare: exportvärdet i löpande priser delat med länets invånare.\n"
        "Varuexportörer per 100 000 invånare: företag som exporterar varor. Ett företag räknas en gång i varje län där det producerar; antalen kan inte läggas samman över län.\n"
        "Tillväxt: sista årets nivå delad med första årets, minus ett, räknad på oavrundade värden.\n"
        "Sekretessbelagd, saknas och noll: tre olika ting. En summa med en sekretessbelagd del är okänd, inte mindre.",
        "Small and medium-sized enterprises (SMEs): fewer than 250 employees (size classes 0–9, 10–49 and 50–249).\n"
        "Goods exports per inhabitant: exports at current prices divided by the county's inhabitants.\n"
        "Goods exporters per 100 000 inhabitants: enterprises that export goods. An enterprise counts once in each county where it produces; counts are not added over counties.\n"
        "Growth: the last year's level divided by the first year's, minus one, from unrounded values.\n"
        "Withheld, missing and nil: three different things. A sum with a withheld part is unknown, not smaller.",
    ),
    "rules": ("Regler för meningarna", "Rules for the sentences"),
    "rule_list": (
        "Avrundning: från oavrundade värden, halva bort från noll; tillväxt i hela procent.\n"
        "Plats: sägs för indikatorer som ingår i poängen, bland de län vars uppgift är känd; de fem främsta i ord.\n"
        "Liten bas: sägs när tillväxten börjar under {share} av medianen för länen.\n"
        "Bästa eller sämsta fönster: sägs när inget annat fönster ger länet en bättre eller en sämre plats.\n"
        "Löpande priser: sägs där en tillväxt i kronor anges.",
        "Rounding: from unrounded values, halves away from zero; growth in whole per cent.\n"
        "Place: told for indicators that count, among the counties whose figure is known; the first five in words.\n"
        "Small base: told when growth starts below {share} of the median county's level.\n"
        "Best or worst window: told when no other window gives the county a better or a worse place.\n"
        "Current prices: told where growth of an amount in SEK is given.",
    ),
    "exceptions": ("Godtagna undantag från kontrollerna", "Accepted exceptions to the checks"),
    "audit": ("Kontroll", "Check"),
    "year": ("År", "Year"),
    "size_class": ("Storleksklass", "Size class"),
    "found": ("Funnet", "Found"),
    "limits": ("Begränsningar", "Limits"),
    "limit_list": (
        "Beloppen är i löpande priser: prisökningar ingår i tillväxten.\n"
        "De minsta handlarna saknas eller är skattade under Intrastats tröskel.\n"
        "Att små och medelstora företag har färre än 250 anställda, och att invånarna är årets sista dags, är slutsatser av vad som stämmer med publicerade tal.\n"
        "Inga officiella vikter är publicerade. Vikter, fönster och metod är omgångens val.\n"
        "Rangordningen beror på vilka län som ingår: utan ett län kan två andra byta plats.",
        "Amounts are at current prices: rises in prices are part of the growth.\n"
        "The smallest traders are missing or estimated below Intrastat's threshold.\n"
        "That SMEs have fewer than 250 employees, and that inhabitants are those of the year's last day, is inferred from what fits published figures.\n"
        "No official weights are published. Weights, window and method are the award's choices.\n"
        "A ranking depends on who is in it: without one county, two others may change places.",
    ),
    "sources": ("Källor", "Sources"),
    "sources_caption": ("Filerna bakom siffrorna", "The files behind the figures"),
    "file": ("Fil", "File"),
    "kind": ("Slag", "Kind"),
    "kind_official": ("officiell", "official"),
    "kind_illustrative": ("illustrativ", "illustrative"),
    "publisher": ("Utgivare", "Publisher"),
    "title": ("Titel", "Title"),
    "covers": ("Avser", "Covers"),
    "published": ("Publicerad", "Published"),
    "retrieved": ("Hämtad", "Retrieved"),
    "licence": ("Licens", "Licence"),
    "not_stated": ("ej angivet", "not stated"),
    "credit": (
        "För uppgifter per invånare gäller: ”Källa: SCB, egen bearbetning.”",
        "For figures per inhabitant: “Source: SCB, processed further.”",
    ),
    "credit_illustrative": (
        "Folkmängd: SCB, egen bearbetning. Exportuppgifterna är illustrativa och får inte tillskrivas SCB eller någon annan.",
        "Inhabitants: SCB, processed further. The export figures are illustrative and must not be ascribed to SCB or anyone else.",
    ),
    "map_credit": ("Länsgränser: SCB (CC0), förenklade.", "County boundaries: SCB (CC0), simplified."),
    # Notes
    "notes": ("Siffrornas spår", "Where the figures come from"),
    "notes_intro": (
        "Varje siffra i meningarna har ett nummer. Noten säger tabell, rad, kolumn, formel, SQL-filer och de celler i råfilerna som den är räknad av."
        " Samma noter står i tabellen report.traces.",
        "Each figure in the sentences has a number. The note tells table, row, column, formula, SQL files and the cells of the raw files that it was"
        " computed from. The same notes stand in the table report.traces.",
    ),
    "trace_level": ("{label}: nivån {year}", "{label}: level in {year}"),
    "trace_place": ("{label}: plats", "{label}: place"),
    "all_notes": ("Visa alla {count} noter", "Show all {count} notes"),
    "table": ("Tabell", "Table"),
    "figure": ("Figur", "Figure"),
    "stands_in": ("Står i", "Stands in"),
    "formula": ("Formel", "Formula"),
    "rounding": ("Avrundning", "Rounding"),
    "unit_1": ("kr", "SEK"),
    "unit_1000": ("tkr", "thousand SEK"),
    "unit_1000000": ("mnkr", "million SEK"),
    "raw_cells": ("Råceller", "Raw cells"),
    "close": ("Stäng", "Close"),
    "contents": ("Innehåll", "Contents"),
    "data_as_table": ("Siffrorna som tabell", "The figures as a table"),
    "skip": ("Till innehållet", "Skip to content"),
    # What if: the panel, and what its script says (whatif_js_)
    "whatif_title": ("Pröva andra val", "Try other choices"),
    "whatif_intro": (
        "Välj ett annat fönster, flytta vikter, stryk en indikator eller byt metod: rangordning, kandidater och karta följer med direkt."
        " Prövningen sker i den här filen och ändrar inte omgångens val.",
        "Pick another window, move weights, drop an indicator or change the method: ranking, candidates and map follow at once."
        " The trial stays within this file and changes nothing of the award's choice.",
    ),
    "whatif_off": (
        "Panelen räknar med JavaScript, som inte körs här. Resten av rapporten klarar sig utan.",
        "The panel computes with JavaScript, which does not run here. The rest of the report does without.",
    ),
    "whatif_print": (
        "I rapportens HTML-fil finns här en panel där andra val kan prövas. Den är interaktiv och skrivs inte ut.",
        "The HTML file of this report has a panel here where other choices can be tried. It is interactive and is not printed.",
    ),
    "whatif_reset": ("Tillbaka till omgångens val", "Back to the award's choice"),
    "whatif_choices": ("Val", "Choices"),
    "whatif_window": ("Fönster", "Window"),
    "whatif_of_award": ("{choice} (omgångens)", "{choice} (the award's)"),
    "whatif_normalisation": ("Normalisering", "Normalisation"),
    "whatif_aggregation": ("Sammanvägning", "Aggregation"),
    "whatif_min-max": ("Min–max", "Min–max"),
    "whatif_z-score": ("Z-värde", "Z-score"),
    "whatif_percentile-rank": ("Percentilrang", "Percentile rank"),
    "whatif_rank": ("Rang", "Rank"),
    "whatif_arithmetic": ("Aritmetisk", "Arithmetic"),
    "whatif_geometric": ("Geometrisk", "Geometric"),
    "whatif_positive": (
        "Geometrisk sammanvägning kräver rang eller percentilrang.",
        "Geometric aggregation needs rank or percentile rank.",
    ),
    "whatif_weights": ("Indikatorer och vikter", "Indicators and weights"),
    "whatif_weights_hint": (
        "Bocka för det som räknas med. Procenttalet är andelen av hela vikten.",
        "Tick what counts. The per cent is the share of the whole weight.",
    ),
    "whatif_count": ("Räkna med:", "Count:"),
    "whatif_slider": ("Vikt, reglage:", "Weight, slider:"),
    "whatif_number": ("Vikt, 0 till 100:", "Weight, 0 to 100:"),
    "whatif_result": ("Rangordning", "Ranking"),
    "whatif_change": ("Ändring", "Change"),
    "whatif_unranked": ("Utan plats", "Not ranked"),
    "whatif_map": ("Karta", "Map"),
    "whatif_map_alternative": (
        "Karta över länens poäng med de val som prövas; tabellen bredvid har siffrorna.",
        "Map of the counties' scores with the choices on trial; the table beside it has the figures.",
    ),
    "whatif_lower": ("Lägre poäng", "Lower score"),
    "whatif_higher": ("Högre", "Higher"),
    "whatif_candidate": ("Kandidat", "Candidate"),
    "whatif_copy_title": ("Till en omgångsfil", "For an award file"),
    "whatif_copy_hint": (
        "Lägg raderna i stället för motsvarande rader i awards/{award}.toml, eller i en kopia, och skriv egna skäl.",
        "Put the lines in place of the corresponding ones of awards/{award}.toml, or of a copy, and write your own reasons.",
    ),
    "whatif_copy": ("Kopiera", "Copy"),
    "whatif_js_own": ("Omgångens val", "The award's choice"),
    "whatif_js_trial": ("PRÖVNING, inte omgångens val", "TRIAL, not the award's choice"),
    "whatif_js_share": ("{share}\u202f%", "{share}%"),
    "whatif_js_candidates": ("Kandidater: {names}.", "Candidates: {names}."),
    "whatif_js_same": ("Samma kandidater som i omgången: {names}.", "The same candidates as the award's: {names}."),
    "whatif_js_in": ("In: {names}.", "In: {names}."),
    "whatif_js_out": ("Ut: {names}.", "Out: {names}."),
    "whatif_js_no_weight": (
        "Ingen ranking: ingen indikator har vikt. Bocka för minst en.",
        "No ranking: no indicator has a weight. Tick at least one.",
    ),
    "whatif_js_nobody": (
        "Ingen ranking: varje region saknar någon uppgift som räknas med. Välj ett annat fönster eller andra indikatorer.",
        "No ranking: every region lacks a figure that counts. Pick another window or other indicators.",
    ),
    "whatif_js_up": ("upp {count}, från plats {place}", "up {count}, from place {place}"),
    "whatif_js_down": ("ner {count}, från plats {place}", "down {count}, from place {place}"),
    "whatif_js_still": ("samma plats som i omgången", "the award's place"),
    "whatif_js_new": ("ny", "new"),
    "whatif_js_new_spoken": ("utan plats i omgången", "not ranked in the award"),
    "whatif_js_candidate": ("Kandidat", "Candidate"),
    "whatif_js_enters": ("Ny kandidat", "New candidate"),
    "whatif_js_leaves": ("Ej längre kandidat", "No longer candidate"),
    "whatif_js_unknown": ("okänt i fönstret {window}: {labels}", "unknown in the window {window}: {labels}"),
    "whatif_js_on_map": ("{region}: plats {place}, poäng {score}", "{region}: place {place}, score {score}"),
    "whatif_js_on_map_unranked": ("{region}: utan plats", "{region}: not ranked"),
    "whatif_js_copied": ("Kopierat.", "Copied."),
    "whatif_js_selected": ("Markerat: kopiera med tangentbordet.", "Selected: copy with the keyboard."),
    "whatif_js_toml": (
        "Prövning i rapporten, inte omgångens val. Ersätter motsvarande rader i awards/{award}.toml.",
        "A trial in the report, not the award's choice. In place of the corresponding lines of awards/{award}.toml.",
    ),
    "whatif_js_toml_own": ("Omgångens val, som i awards/{award}.toml.", "The award's choice, as in awards/{award}.toml."),
    "whatif_js_reason": ("Prövning i rapporten, inte omgångens val: skriv skälet här.", "A trial in the report: write the reason here."),
    # Workbook
    "xlsx_notice": (
        "ILLUSTRATIVA UPPGIFTER, INGEN STATISTIK: {files}. Använd inget här som underlag förrän de har ersatts.",
        "ILLUSTRATIVE DATA, NOT STATISTICS: {files}. Use nothing here as a basis until they have been replaced.",
    ),
    "xlsx_notice_short": ("ILLUSTRATIVA UPPGIFTER, INGEN STATISTIK", "ILLUSTRATIVE DATA, NOT STATISTICS"),
    "xlsx_page": ("Sida &P av &N", "Page &P of &N"),
    "xlsx_unknown": (
        "Två punkter (..) betyder okänt, inte noll. Talen är inte avrundade; bara visningen är det.",
        "Two points (..) mean unknown, not zero. Numbers are not rounded; only their display is.",
    ),
    "xlsx_sheet_candidates": ("Kandidater", "Candidates"),
    "xlsx_sheet_ranking": ("Rangordning", "Ranking"),
    "xlsx_sheet_indicators": ("Indikatorer", "Indicators"),
    "xlsx_sheet_windows": ("Fönster", "Windows"),
    "xlsx_sheet_robustness": ("Robusthet", "Robustness"),
    "xlsx_sheet_evidence": ("Annat underlag", "Other evidence"),
    "xlsx_sheet_sources": ("Källor", "Sources"),
    "xlsx_sheet_method": ("Metod", "Method"),
    "xlsx_sheet_traces": ("Spårning", "Traces"),
    "xlsx_note_ranking": (
        "Fönster {base}–{final}. Föreslagna kandidater är framhävda. Ett län med en okänd indikator som väger rangordnas inte.",
        "Window {base}–{final}. Proposed candidates stand out. A county with an unknown indicator that weighs is not ranked.",
    ),
    "xlsx_note_indicators": (
        "Vad varje indikator är beräknad av. Riket står som jämförelse och rangordnas inte. Löpande priser; folkmängd den 31 december.",
        "What each indicator is computed from. Sweden stands beside for comparison and is not ranked. Current prices.",
    ),
    "xlsx_note_windows": (
        "Rangordningen i varje fönster, och varje indikators värde och plats för sig. Nivåer är fönstrets slutårs. Omgångens fönster är framhävt.",
        "The ranking in every window, and each indicator's value and place alone. Levels are the final year's. The award's window stands out.",
    ),
    "xlsx_note_robustness": (
        "Hur mycket platsen hänger på val. Omdömena beskriver rangordningen, inte regionerna, och avgör ingenting.",
        "How much a place hangs on choices. Verdicts describe the ranking, not the regions, and decide nothing.",
    ),
    "xlsx_note_draws": (
        "Andelen av viktningarna är beräknad på {draws} slumpade viktningar; medelfelet står bredvid.",
        "The share of weightings is computed on {draws} random weightings; the standard error stands beside it.",
    ),
    "xlsx_note_evidence": (
        "Det som inte är statistik står bredvid siffrorna och ingår aldrig i poängen. En lucka säger bara att inget är infört.",
        "What is no statistics stands beside the figures and never enters the score. A gap says only that nothing has been entered.",
    ),
    "xlsx_note_evidence_none": ("Inget är infört om: {regions}.", "Nothing has been entered on: {regions}."),
    "xlsx_note_method": (
        "Varje val i omgången, med sitt skäl. Inga officiella vikter, formler eller trösklar är publicerade.",
        "Every choice of the award, with its reason in Swedish. No official weights, formulas or thresholds are published.",
    ),
    "xlsx_letters": (
        "X: små och medelstora företags varuexport; A: alla företags; N: små och medelstora varuexportörer; S: tjänsteexport; P: invånare.",
        "X: goods exports of SMEs; A: of all enterprises; N: goods-exporting SMEs; S: services exports; P: inhabitants.",
    ),
    "xlsx_note_traces": (
        "Var varje siffra i rapportens meningar kommer ifrån, ner till råcellerna. Formler är text: inget räknas i arbetsboken.",
        "Where each figure of the report's sentences comes from. Formulas are text: nothing is computed in the workbook.",
    ),
    "xlsx_group_normalised": ("Normaliserat: högre är bättre", "Normalised: higher is better"),
    "xlsx_group_weighted": ("Bidrag till poängen", "Contribution to the score"),
    "xlsx_group_shares": ("Andel där länet är kandidat", "Share in which it is a candidate"),
    "xlsx_group_weightings": ("Plats i 90 % av viktningarna", "Place in 90% of weightings"),
    "xlsx_group_windows": ("Plats i alla fönster", "Place in all windows"),
    "xlsx_group_methods": ("Plats med alla metoder", "Place with all methods"),
    "xlsx_group_unranked": ("Möjlig plats, orangordnad", "Possible place, not ranked"),
    "xlsx_best": ("Bästa plats", "Best place"),
    "xlsx_worst": ("Sämsta plats", "Worst place"),
    "xlsx_lowest": ("Lägsta vikt (%)", "Lowest weight (%)"),
    "xlsx_highest": ("Högsta vikt (%)", "Highest weight (%)"),
    "xlsx_weight": ("Omgångens vikt (%)", "The award's weight (%)"),
    "xlsx_proposed": ("Föreslagen kandidat", "Proposed candidate"),
    "xlsx_candidate_then": ("Kandidat då", "Candidate then"),
    "xlsx_base_year": ("Basår", "Base year"),
    "xlsx_final_year": ("Slutår", "Final year"),
    "xlsx_not_ranked": ("Varför länet inte rangordnas", "Why the county is not ranked"),
    "xlsx_weightings": ("Viktningar (%)", "Weightings (%)"),
    "xlsx_error": ("Viktningar, medelfel (%)", "Weightings, standard error (%)"),
    "xlsx_windows": ("Fönster (%)", "Windows (%)"),
    "xlsx_methods": ("Metoder (%)", "Methods (%)"),
    "xlsx_known": ("Uppgift", "Figure"),
    "xlsx_status_ok": ("känd", "known"),
    "xlsx_status_nil": ("noll", "nil"),
    "xlsx_status_withheld": ("sekretess", "withheld"),
    "xlsx_status_missing": ("saknas", "missing"),
    "xlsx_status_undefined": ("nämnaren är noll", "divides by zero"),
    "xlsx_status_series-break": ("två serier", "two series"),
    "xlsx_unit_relative change": ("förändring, %", "change, %"),
    "xlsx_unit_share": ("andel, %", "share, %"),
    "xlsx_unit_SEK": ("kronor", "SEK"),
    "xlsx_unit_SEK per inhabitant": ("kronor per invånare", "SEK per inhabitant"),
    "xlsx_unit_SEK per enterprise": ("kronor per företag", "SEK per enterprise"),
    "xlsx_unit_enterprises": ("företag", "enterprises"),
    "xlsx_unit_enterprises per 100 000 inhabitants": ("företag per 100 000 invånare", "enterprises per 100 000 inhabitants"),
    "xlsx_unit_persons": ("personer", "persons"),
    "xlsx_column_base": ("Nivå {year}", "Level {year}"),
    "xlsx_column_final": ("Nivå {year}", "Level {year}"),
    "xlsx_column_sme_goods_exporters": ("Små och medelstora varuexportörer {year}", "Goods-exporting SMEs {year}"),
    "xlsx_column_inhabitants": ("Invånare {year}", "Inhabitants {year}"),
    "xlsx_column_sme_goods_exports_sek": ("Små och medelstora företags varuexport {year}", "Goods exports of SMEs {year}"),
    "xlsx_column_goods_exports_sek": ("Alla företags varuexport {year}", "Goods exports of all enterprises {year}"),
    "xlsx_ground": ("Grund", "Ground"),
    "xlsx_statement": ("Uppgift", "Statement"),
    "xlsx_source": ("Källa", "Source"),
    "xlsx_web": ("Webbadress", "Web address"),
    "xlsx_date": ("Datum", "Date"),
    "xlsx_entered_by": ("Infört av", "Entered by"),
    "xlsx_table_id": ("Tabell hos utgivaren", "Table at the publisher"),
    "xlsx_sha256": ("Kontrollsumma (sha256)", "Checksum (sha256)"),
    "xlsx_part": ("Del", "Part"),
    "xlsx_what": ("Vad", "What"),
    "xlsx_choice": ("Val", "Choice"),
    "xlsx_formula": ("Formel eller innebörd", "Formula or meaning"),
    "xlsx_part_award": ("Omgång", "Award"),
    "xlsx_part_bounds": ("Kontroll", "Check"),
    "xlsx_part_exception": ("Godtaget undantag", "Accepted exception"),
    "xlsx_part_limit": ("Begränsning", "Limit"),
    "xlsx_what_years": ("År", "Years"),
    "xlsx_what_window": ("Fönster", "Window"),
    "xlsx_what_candidates": ("Antal kandidater", "Number of candidates"),
    "xlsx_what_normalisation": ("Normalisering", "Normalisation"),
    "xlsx_what_aggregation": ("Sammanvägning", "Aggregation"),
    "xlsx_what_ties": ("Lika poäng", "Ties"),
    "xlsx_what_denominator": ("Invånare", "Inhabitants"),
    "xlsx_what_draws": ("Slumpade viktningar, antal", "Random weightings, number"),
    "xlsx_what_seed": ("Slumptalens frö", "Seed of the random numbers"),
    "xlsx_what_robust_share": ("Stabil från andelen", "Robust from the share"),
    "xlsx_what_marginal_share": ("På gränsen under andelen", "Marginal below the share"),
    "xlsx_what_near_share": ("Nära kandidaterna från andelen", "Near the candidates from the share"),
    "xlsx_what_largest_yearly_factor": ("Största faktor på ett år, export", "Largest factor in a year, exports"),
    "xlsx_what_largest_population_factor": ("Största faktor på ett år, folkmängd", "Largest factor in a year, population"),
    "xlsx_what_largest_published_factor": ("Största faktor mot publicerade totaler", "Largest factor against published totals"),
    "xlsx_weight_is": ("vikt {weight}, bäst är {direction}", "weight {weight}, best is {direction}"),
    "xlsx_weight_none": ("visas, ingår inte i poängen", "shown, does not count"),
    "xlsx_formula_min-max": ("(x − min) / (max − min)", "(x − min) / (max − min)"),
    "xlsx_formula_z-score": ("(x − medelvärde) / standardavvikelse, n − 1", "(x − mean) / standard deviation, n − 1"),
    "xlsx_formula_rank": ("1 + antalet län under", "1 + the number of counties below"),
    "xlsx_formula_percentile-rank": ("rang / antalet län", "rank / number of counties"),
    "xlsx_formula_arithmetic": ("Σ w · x", "Σ w · x"),
    "xlsx_formula_geometric": ("Π x^w", "Π x^w"),
    "xlsx_formula_min": ("1, 2, 2, 4", "1, 2, 2, 4"),
    "xlsx_formula_max": ("1, 3, 3, 4", "1, 3, 3, 4"),
    "xlsx_formula_dense": ("1, 2, 2, 3", "1, 2, 2, 3"),
    "xlsx_error_exports": ("exportvärden fel med {error}", "exports wrong by {error}"),
    "xlsx_error_population": ("folkmängd fel med {error}", "population wrong by {error}"),
    "xlsx_trace": ("Spår", "Trace"),
    "xlsx_shown": ("Som den visas", "As shown"),
    "xlsx_unrounded": ("Oavrundat, i kolumnens enhet", "Unrounded, in the unit of its column"),
    "xlsx_quantity": ("Vad den är", "What it is"),
    "xlsx_table_name": ("Tabell", "Table"),
    "xlsx_row_key": ("Rad", "Row"),
    "xlsx_column_name": ("Kolumn", "Column"),
    "xlsx_trace_formula": ("Hur den är beräknad", "How it was computed"),
    "xlsx_rounding": ("Avrundning", "Rounding"),
    "xlsx_sql_files": ("SQL-filer", "SQL files"),
    "xlsx_raw_cells": ("Råceller", "Raw cells"),
    # Charts
    "chart_unknown": ("uppgift saknas eller är sekretessbelagd", "figure missing or withheld"),
    "chart_candidate": ("föreslagen kandidatregion", "proposed candidate region"),
    "chart_candidate_then": ("kandidat i det fönstret", "candidate in that window"),
    "chart_under": ("under {bound}", "under {bound}"),
    "chart_range": ("{low}–{high}", "{low}–{high}"),
    "chart_negative_range": ("{low} till {high}", "{low} to {high}"),
    "chart_or_more": ("{bound} eller mer", "{bound} or more"),
    "chart_sek": ("kr", "SEK"),
    "chart_million_sek": ("mn kr", "m SEK"),
    "chart_per_inhabitant": ("kronor per invånare", "SEK per inhabitant"),
    "chart_others": ("tunna grå linjer: övriga län", "thin grey lines: other counties"),
    "chart_from_year": ("från år", "from"),
    "chart_to_year": ("till år", "to"),
    "chart_award_window": ("omgångens fönster", "the award’s window"),
    "chart_unranked": ("kan inte rangordnas", "cannot be ranked"),
    "chart_place": ("plats {place}", "place {place}"),
    "chart_places": ("plats {first}–{last}", "places {first}–{last}"),
    "chart_place_candidate": ("plats, föreslagen kandidat", "place, proposed candidate"),
    "chart_place_other": ("plats, övriga", "place, others"),
    "chart_all_weights": ("{share} av alla viktningar", "{share} of all weightings"),
    "chart_all_windows": ("alla fönster", "all windows"),
    "chart_all_methods": ("alla metoder", "all methods"),
}


def words(language: Language) -> Callable[..., str]:
    """The function that says a key of WORDS in a language, with its {places} filled."""

    def say(key: str, **places: object) -> str:
        text = WORDS[key][language.column]
        return text.format(**places) if places else text

    return say
