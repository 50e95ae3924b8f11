#pragma once
/// Who and what the simulated contact centre has: queues with their skills, agents, customers, what conversations are
/// about. Invented; in many scripts on purpose, since names that are not ASCII are where readers of streams go wrong.
/// Thread: any; static data in UTF-8. Nothing here needs escaping in JSON.
#include <array>
#include <string_view>

namespace framescope::roster {

struct Queue
{
    std::string_view name;
    std::string_view skills; ///< members of a JSON array
};

inline constexpr auto queues = std::to_array<Queue>({
    {"Billing", R"("billing")"},
    {"Billing · Español", R"("billing","español")"},
    {"Claims", R"("claims")"},
    {"Claims · Français", R"("français")"},
    {"Retention", R"("retention")"},
    {"Tech · Tier 1", R"("router","email")"},
    {"Tech · Tier 2", R"("network","fibre")"},
    {"Verkauf · Zürich", R"("deutsch")"},
    {"Zamówienia · Łódź", R"("polski")"},
    {"Kundservice · Malmö", R"("svenska")"},
    {"カスタマーサポート", R"("日本語")"},
    {"خدمة العملاء", R"("العربية")"},
    {"Emergency & Outage", R"("outage")"},
    {"Collections", R"("payments")"},
});

inline constexpr auto agents = std::to_array<std::string_view>({
    "Zoë Müller",    "Søren Kjær",     "Ana Ibáñez",       "Łukasz Wójcik",   "Ngọc Trần",     "أمينة حداد",
    "Grace Okafor",  "Liam O'Brien",   "Çağla Yılmaz",     "Nguyễn Thị Hoa",  "Björn Åkesson", "Priya Raman",
    "Jiří Dvořák",   "Ελένη Παππά",    "Ирина Соколова",   "Siobhán Ó Néill", "Mehmet Öztürk", "Noa Ben-David",
    "Renée Lefèvre", "João Conceição", "Aoife Ní Bhriain", "Mårten Öberg",    "Tomás Núñez",   "Kwame Mensah",
    "Ștefan Țurcan", "Sofia Rossi",    "Daniel Weiß",      "Mira Šimić",      "Élodie Garçon", "Ola Nordmann",
    "Fatima Zahra",  "Rohan Desai",    "Ingrid Sæther",    "Marek Żółtowski", "Chloe Martin",  "Háněl Ősz",
});

inline constexpr auto customers = std::to_array<std::string_view>({
    "Maria Fernández", "Peter Novak",   "James Carter",  "Anaïs Dubois",   "Øystein Lie", "田中 健",
    "Olga Ivanova",    "Hans Groß",     "Mobile caller", "Samuel Adeyemi", "Lucía Peña",  "Emre Şahin",
    "Kateřina Malá",   "Ronan Murphy",  "李 娜",         "Sara Haddad",    "Béla Kovács", "Ingeborg Bäcker",
    "Tiago Gonçalves", "Wanjiru Kamau", "Olivia Smith",  "Dmytro Kováľ",   "박서연",      "Yara Nasser",
    "Freja Højgaard",  "Paweł Gąska",   "Nina Petrović", "Unknown",        "Alice Wong",  "Théo Lacroix",
});

/// Members of the attributes object.
inline constexpr auto attributes = std::to_array<std::string_view>({
    R"("language":"es-MX")",
    R"("language":"de-CH","city":"Zürich")",
    R"("plan":"Fibre 1000")",
    R"("reason":"Invoice is too high")",
    R"("order":"A-48213","reason":"Where is my order?")",
    R"("vip":"true")",
    R"("city":"São Paulo")",
    R"("reason":"Rücksendung")",
    R"("device":"Router X2","firmware":"4.11.0")",
    R"("language":"ja-JP")",
    R"("sentiment":"negative","reason":"Outage")",
    R"("campaign":"Frühling 2026")",
    R"("account":"0042-7781","plan":"Prepaid")",
    R"("reason":"Cancel contract")",
    R"("callback":"18:30")",
    R"("language":"ar-MA","city":"الدار البيضاء")",
});

/// Notes of agents after a conversation.
inline constexpr auto wrapupNotes = std::to_array<std::string_view>({
    "Rechnung erklärt, Kundin zufrieden",
    "Router neu gestartet, läuft wieder",
    "Vertrag verlängert bis 2028",
    "Ruft morgen um 9:00 zurück",
    "Reembolso de 24,90 € solicitado",
    "Transféré au service technique",
    "No answer from customer",
    "Address changed: Łódź, ul. Piękna 7",
});

/// Subjects of e-mails.
inline constexpr auto subjects = std::to_array<std::string_view>({
    "Re: Invoice 2026-10-4471",
    "Kündigung zum Jahresende",
    "¿Dónde está mi pedido?",
    "Problème de connexion depuis lundi",
    "お問い合わせ: 請求書について",
});
[[nodiscard]] constexpr std::string_view subjectOf(std::size_t person)
{
    return subjects[person % subjects.size()];
}

/// What is said on the phone; even lines by the agent, odd ones by the customer.
inline constexpr auto utterances = std::to_array<std::string_view>({
    "guten tag was kann ich für sie tun",
    "my invoice of last month is twice what it was",
    "let me look at that for you one moment please",
    "the router has been blinking red since monday",
    "können sie mir bitte ihre kundennummer nennen",
    "ja natürlich die vier sieben acht zwei eins",
    "i see there was a second line on your account",
    "nobody told me about that when i signed",
    "je comprends je vais vérifier avec mon collègue",
    "merci c'est très gentil de votre part",
    "i have refunded the difference you will see it on friday",
    "that is great thank you very much",
    "gibt es sonst noch etwas was ich für sie tun kann",
    "nein das war alles schönen tag noch",
});

} // namespace framescope::roster
