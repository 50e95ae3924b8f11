// Our engine and Valijson, which shares no code with it, judge the same random documents by the same random schemas.
// Left out, because Valijson has them wrong: `multipleOf` (it takes 0.5 for a multiple of 2, and "11" for a
// number); 1.0, which is an integer since draft-06; `propertyNames` behind a `$ref` inside of another keyword (it is
// not looked at); patterns outside ASCII (std::regex over bytes); `$id`. The official suite has them all.
#include "core/decode/schema.h"

#define VALIJSON_USE_EXCEPTIONS 1
#include <QRandomGenerator>
#include <QtTest>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

using namespace framescope;
using Json = nlohmann::json;

namespace {

/// Few values and few names, so that they meet.
class Maker
{
public:
    explicit Maker(quint32 seed)
        : m_random(seed)
    {
    }

    Json value(int depth)
    {
        switch (below(depth > 0 ? 8 : 6)) {
        case 0:
            return nullptr;
        case 1:
            return below(2) == 0;
        case 2:
            return below(7) - 2;
        case 3:
            return below(7) - 2.5;
        case 4:
        case 5:
            return text();
        case 6: {
            Json list = Json::array();
            for (int i = below(5); i > 0; --i)
                list.push_back(value(depth - 1));
            return list;
        }
        default: {
            Json object = Json::object();
            for (int i = below(5); i > 0; --i)
                object[name()] = value(depth - 1);
            return object;
        }
        }
    }

    Json schema(int depth)
    {
        if (below(12) == 0)
            return below(3) != 0;
        Json made = Json::object();
        for (int i = 1 + below(3); i > 0; --i)
            addKeyword(made, depth);
        return made;
    }

    /// With definitions that its $refs lead to; they lead nowhere else, so that it ends.
    Json document()
    {
        m_isDefinition = true;
        Json definitions = {{"one", schema(1)}, {"two", schema(0)}};
        m_isDefinition = false;
        m_refers = true;
        Json made = schema(3);
        m_refers = false;
        if (!made.is_object())
            made = Json{{"allOf", Json::array({made})}};
        if (made.contains("$ref")) // what stands beside it would not count
            made = Json{{"allOf", Json::array({made})}};
        made["definitions"] = std::move(definitions);
        return made;
    }

private:
    int below(int limit) { return int(m_random.bounded(limit)); }
    std::string text()
    {
        std::string made;
        for (int i = below(4); i > 0; --i)
            made += "ab1"[below(3)];
        return made;
    }
    std::string name() { return std::string(1, "abcd"[below(4)]); }
    std::string pattern()
    {
        constexpr const char* patterns[] = {"^a", "b$", "^[ab]*$", "1", "^.$", "a.?b", "^(a|b)+1?$", "[^a]"};
        return patterns[below(8)];
    }
    Json names()
    {
        Json list = Json::array();
        for (const char* each : {"a", "b", "c"}) {
            if (below(3) == 0)
                list.push_back(each);
        }
        return list;
    }
    Json schemas(int depth)
    {
        Json list = Json::array();
        for (int i = 1 + below(3); i > 0; --i)
            list.push_back(schema(depth));
        return list;
    }
    Json schemasByName(int depth)
    {
        Json made = Json::object();
        for (int i = 1 + below(3); i > 0; --i)
            made[name()] = schema(depth);
        return made;
    }

    void addKeyword(Json& made, int depth)
    {
        constexpr int scalar = 15;
        constexpr int all = 33;
        switch (below(depth > 0 ? all : scalar)) {
        case 0:
        case 1: {
            constexpr const char* types[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
            if (below(2) == 0)
                made["type"] = types[below(7)];
            else
                made["type"] = Json::array({types[below(3)], types[3 + below(4)]});
            break;
        }
        case 2:
            made["enum"] = Json::array({value(1), value(1), text()});
            break;
        case 3:
            made["const"] = value(1);
            break;
        case 4:
            made["minimum"] = below(5) - 2;
            break;
        case 5:
            made["maximum"] = below(5) - 1.5;
            break;
        case 6:
            made["exclusiveMinimum"] = below(5) - 2;
            break;
        case 7:
            made["exclusiveMaximum"] = below(5);
            break;
        case 8:
            made["title"] = text(); // describes
            break;
        case 9:
            made[below(2) == 0 ? "minLength" : "maxLength"] = below(4);
            break;
        case 10:
            made["pattern"] = pattern();
            break;
        case 11:
            made[below(2) == 0 ? "minItems" : "maxItems"] = below(4);
            break;
        case 12:
            made["uniqueItems"] = below(3) != 0;
            break;
        case 13:
            made[below(2) == 0 ? "minProperties" : "maxProperties"] = below(4);
            break;
        case 14:
            made["required"] = names();
            break;
        default:
            addApplicator(made, depth - 1);
        }
    }

    void addApplicator(Json& made, int depth)
    {
        switch (below(17)) {
        case 0:
            made["items"] = schema(depth);
            break;
        case 1:
            made["items"] = schemas(depth);
            made["additionalItems"] = schema(depth);
            break;
        case 2:
            made["contains"] = schema(depth);
            break;
        case 3:
        case 4:
            made["properties"] = schemasByName(depth);
            break;
        case 5:
            made["patternProperties"] = Json{{pattern(), schema(depth)}};
            break;
        case 6:
            made["properties"] = schemasByName(depth);
            made["additionalProperties"] = schema(depth);
            break;
        case 7:
            if (!m_isDefinition)
                made["propertyNames"] = schema(0);
            break;
        case 8:
            made["dependencies"] = Json{{name(), names()}};
            break;
        case 9:
            made["dependencies"] = Json{{name(), schema(depth)}};
            break;
        case 10:
            made["allOf"] = schemas(depth);
            break;
        case 11:
            made["anyOf"] = schemas(depth);
            break;
        case 12:
            made["oneOf"] = schemas(depth);
            break;
        case 13:
            made["not"] = schema(depth);
            break;
        case 14:
            made["if"] = schema(depth);
            made["then"] = schema(depth);
            made["else"] = schema(depth);
            break;
        default:
            if (m_refers)
                made = Json{{"$ref", below(2) == 0 ? "#/definitions/one" : "#/definitions/two"}};
        }
    }

    QRandomGenerator m_random;
    bool m_refers = false;
    bool m_isDefinition = false;
};

} // namespace

class TestSchemaAgreement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void judgesAsValijsonDoes();
};

void TestSchemaAgreement::judgesAsValijsonDoes()
{
    constexpr int schemas = 5000;
    constexpr int documentsEach = 20;
    Maker maker(20'261'125);
    int valid = 0;
    int confirmed = 0;
    int compared = 0;
    int differences = 0;
    for (int i = 0; i < schemas; ++i) {
        const Json schemaJson = maker.document();
        const std::string text = schemaJson.dump();
        valijson::Schema theirs;
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::NlohmannJsonAdapter(schemaJson), theirs);
        const Expected<Schema> ours = Schema::compile(QByteArray::fromStdString(text));
        QVERIFY2(ours, (text + ": " + (ours ? "" : ours.error().detail.toStdString())).c_str());
        for (int j = 0; j < documentsEach; ++j) {
            const Json document = maker.value(3);
            const std::string documentText = document.dump();
            std::vector<Finding> findings;
            ours->validate(QByteArray::fromStdString(documentText), findings);
            const bool expected =
                valijson::Validator().validate(theirs, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
            if (findings.empty() != expected && ++differences < 8)
                qWarning("%s\n%s: %d", text.c_str(), documentText.c_str(), int(expected));
            // The decoder's short way may not know, but never says yes to what is wrong.
            const bool isConfirmed = ours->confirms(QByteArray::fromStdString(documentText));
            if (isConfirmed && !expected && ++differences < 8)
                qWarning("%s\n%s: confirmed", text.c_str(), documentText.c_str());
            confirmed += isConfirmed ? 1 : 0;
            valid += expected ? 1 : 0;
            ++compared;
        }
    }
    // Neither all good nor all bad: both answers were compared often.
    QCOMPARE(differences, 0);
    QVERIFY(compared >= 100'000);
    QVERIFY(valid > compared / 10 && valid < compared * 9 / 10);
    QVERIFY(confirmed > valid / 10);
}

QTEST_GUILESS_MAIN(TestSchemaAgreement)
#include "tst_schemaagreement.moc"
