// The official JSON Schema Test Suite (Debian: json-schema-test-suite): drafts -04, -06 and -07, and the formats that
// we check. A case is judged right, or its schema is refused with a reason that is listed here. Another copy of the
// suite, with newer drafts, can be named with FRAMESCOPE_SCHEMA_SUITE.
#include "core/decode/schema.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace framescope;

namespace {

QString suiteFolder()
{
    const QString named = qEnvironmentVariable("FRAMESCOPE_SCHEMA_SUITE");
    return named.isEmpty() ? QStringLiteral("/usr/share/json-schema-test-suite/tests") : named;
}

QByteArray jsonOf(const QJsonValue& value)
{
    // QJsonDocument writes objects and lists only.
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return list.mid(1, list.size() - 2);
}

/// The suite's schemas mostly do not say their draft: its folders do.
QByteArray schemaOf(QJsonValue schema, const QString& draft)
{
    const QHash<QString, QString> uris{
        {QStringLiteral("draft4"), QStringLiteral("http://json-schema.org/draft-04/schema#")},
        {QStringLiteral("draft6"), QStringLiteral("http://json-schema.org/draft-06/schema#")},
    };
    QJsonObject object = schema.toObject();
    if (!schema.isObject() || object.contains(QLatin1String("$schema")) || !uris.contains(draft))
        return jsonOf(schema);
    object.insert(QStringLiteral("$schema"), uris.value(draft));
    return jsonOf(object);
}

struct Count
{
    int right = 0;
    int refused = 0;
    QStringList wrong;
    QStringList refusals; ///< "refRemote.json: remote ref: the reason"
};

void judgeGroup(const QJsonObject& group, const QString& name, const QString& draft, Count& count)
{
    const QJsonArray tests = group.value(QLatin1String("tests")).toArray();
    const QString description = name + QStringLiteral(": ") + group.value(QLatin1String("description")).toString();
    const Schema::Formats formats =
        name.startsWith(QLatin1String("format/")) ? Schema::Formats::Checked : Schema::Formats::Described;
    const Expected<Schema> schema = Schema::compile(schemaOf(group.value(QLatin1String("schema")), draft), {}, formats);
    if (!schema) {
        count.refused += int(tests.size());
        count.refusals += description + QStringLiteral(": ") + schema.error().detail;
        return;
    }
    for (const QJsonValue& each : tests) {
        const QJsonObject test = each.toObject();
        std::vector<Finding> findings;
        schema->validate(jsonOf(test.value(QLatin1String("data"))), findings);
        const bool valid = std::none_of(findings.begin(), findings.end(),
                                        [](const Finding& finding) { return finding.severity == Severity::Error; });
        const bool isConfirmed = schema->confirms(jsonOf(test.value(QLatin1String("data")))); // the decoder's short way
        if (valid == test.value(QLatin1String("valid")).toBool() && (valid || !isConfirmed))
            ++count.right;
        else
            count.wrong += description + QStringLiteral(": ") + test.value(QLatin1String("description")).toString();
    }
}

Count judgeFiles(const QString& draft, const QStringList& names)
{
    Count count;
    for (const QString& name : names) {
        QFile file(suiteFolder() + QLatin1Char('/') + draft + QLatin1Char('/') + name);
        if (!file.open(QIODevice::ReadOnly))
            count.wrong += QStringLiteral("cannot be read: ") + file.fileName();
        const QString shown = name.startsWith(QLatin1String("optional/")) ? name.mid(9) : name;
        for (const QJsonValue& group : QJsonDocument::fromJson(file.readAll()).array())
            judgeGroup(group.toObject(), shown, draft, count);
    }
    return count;
}

QStringList requiredFiles(const QString& draft)
{
    return QDir(suiteFolder() + QLatin1Char('/') + draft)
        .entryList({QStringLiteral("*.json")}, QDir::Files, QDir::Name);
}

} // namespace

class TestSchemaSuite : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void judgesAsTheSuiteSays_data();
    void judgesAsTheSuiteSays();
    void checksFormatsAsTheSuiteSays();
};

void TestSchemaSuite::initTestCase()
{
    if (!QDir(suiteFolder()).exists())
        QSKIP("the JSON Schema Test Suite is not installed (Debian: json-schema-test-suite)");
}

void TestSchemaSuite::judgesAsTheSuiteSays_data()
{
    QTest::addColumn<int>("cases");
    QTest::newRow("draft4") << 300;
    QTest::newRow("draft6") << 400;
    QTest::newRow("draft7") << 400;
    for (const char* later : {"draft2019-09", "draft2020-12"}) {
        if (QDir(suiteFolder() + QLatin1Char('/') + QLatin1String(later)).exists())
            QTest::newRow(later) << 800;
    }
}

void TestSchemaSuite::judgesAsTheSuiteSays()
{
    QFETCH(int, cases);
    const QString draft = QString::fromLatin1(QTest::currentDataTag());
    const Count count = judgeFiles(draft, requiredFiles(draft));
    if (!count.wrong.isEmpty())
        qWarning("%s", qPrintable(count.wrong.join(QLatin1Char('\n'))));
    QVERIFY(count.wrong.isEmpty());
    QVERIFY(count.right + count.refused >= cases);
    // Nothing is fetched: what refers out of its document is refused by name. The draft's own schema is outside, too.
    const bool isLater = draft.startsWith(QLatin1String("draft20"));
    for (const QString& refusal : count.refusals) {
        const bool isRemote = refusal.contains(QLatin1String("leads out of the document, and nothing is fetched"));
        QVERIFY2(isRemote || (isLater && refusal.contains(QLatin1String("is not supported"))), qPrintable(refusal));
    }
    if (!qEnvironmentVariableIsSet("FRAMESCOPE_SCHEMA_SUITE")) {
        // README.md names them: all of refRemote.json, two of ref.json, two of definitions.json.
        QCOMPARE(count.refused, 19);
    }
}

void TestSchemaSuite::checksFormatsAsTheSuiteSays()
{
    QStringList files;
    for (const char* format : {"date-time", "date", "time", "email", "hostname", "ipv4", "ipv6", "uri"})
        files += QStringLiteral("optional/format/%1.json").arg(QLatin1String(format));
    const Count count = judgeFiles(QStringLiteral("draft7"), files);
    QVERIFY2(count.wrong.isEmpty(), qPrintable(count.wrong.join(QLatin1Char('\n'))));
    QCOMPARE(count.refused, 0);
    QVERIFY(count.right >= 50);
}

QTEST_GUILESS_MAIN(TestSchemaSuite)
#include "tst_schemasuite.moc"
