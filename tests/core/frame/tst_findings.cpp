// The one catalogue of findings and who is fed by it: README's table and the JSON lines say the same words.
#include "core/frame/findingcatalogue.h"
#include "core/frame/framejson.h"
#include "tests/support/framebuilder.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace framescope;
using namespace framescope::test;

namespace {

QByteArray row(const FindingInfo& info)
{
    return "| `" + QByteArray(info.name) + "` | " + QByteArray(severityName(info.severity).data()) + " | " +
           info.title + " |";
}

/// The rows of README's table of findings.
QByteArrayList rowsOfReadme()
{
    QFile file(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/README.md"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s", qPrintable(file.errorString()));
    const QByteArrayList lines = file.readAll().split('\n');
    QByteArrayList rows;
    for (qsizetype i = lines.indexOf("| finding | severity | means |") + 2; i >= 2 && lines.value(i).startsWith("| ");
         ++i)
        rows += lines[i];
    return rows;
}

} // namespace

class TestFindings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readmeListsTheCatalogue();
    void catalogueIsCompleteAndInOrder();
    void jsonLineExplainsEachFinding();
    void jsonLineLeavesOutWhatAFindingHasNot();
};

void TestFindings::readmeListsTheCatalogue()
{
    QByteArrayList wanted;
    for (const FindingInfo& info : findingCatalogue())
        wanted += row(info);
    const QByteArrayList rows = rowsOfReadme();
    for (const QByteArray& each : wanted)
        QVERIFY2(rows.count(each) == 1, ("README lacks: " + each).constData());
    for (const QByteArray& each : rows)
        QVERIFY2(wanted.contains(each), ("README has, and the catalogue does not: " + each).constData());
    QCOMPARE(rows, wanted);
}

void TestFindings::catalogueIsCompleteAndInOrder()
{
    FindingId last = FindingId::None;
    for (const FindingInfo& info : findingCatalogue()) {
        QVERIFY2(info.id > last && int(info.id) < findingIdLimit, info.name);
        last = info.id;
        QCOMPARE(findingByName(info.name), &info);
        QCOMPARE(&findingInfo(info.id), &info);
        for (const char* sentence : {info.cause, info.nextStep})
            QVERIFY2(QByteArrayView(sentence).endsWith('.'), info.name);
        QVERIFY2(*info.title != '\0' && !QByteArrayView(info.title).endsWith('.'), info.name);
    }
}

void TestFindings::jsonLineExplainsEachFinding()
{
    for (const FindingInfo& info : findingCatalogue()) {
        const Finding finding{.id = info.id,
                              .severity = info.severity,
                              .frame = 0,
                              .range = {12, 3},
                              .pointer = "/routing/priority",
                              .schemaPointer = "/properties/routing",
                              .expected = "integer",
                              .actual = "\"7\""};
        const QByteArray line = frameToJsonLine(*makeBatch({{.findings = {finding}}}), 0);
        const QJsonArray findings = QJsonDocument::fromJson(line).object().value(QStringLiteral("findings")).toArray();
        QCOMPARE(findings.size(), 1);
        const auto text = [](const char* utf8) { return QJsonValue(QString::fromUtf8(utf8)); };
        const QJsonObject wanted{{QStringLiteral("id"), text(info.name)},
                                 {QStringLiteral("severity"), QString(severityName(info.severity))},
                                 {QStringLiteral("title"), text(info.title)},
                                 {QStringLiteral("pointer"), QStringLiteral("/routing/priority")},
                                 {QStringLiteral("schema_pointer"), QStringLiteral("/properties/routing")},
                                 {QStringLiteral("expected"), QStringLiteral("integer")},
                                 {QStringLiteral("actual"), QStringLiteral("\"7\"")},
                                 {QStringLiteral("offset"), 12},
                                 {QStringLiteral("length"), 3},
                                 {QStringLiteral("cause"), text(info.cause)},
                                 {QStringLiteral("next_step"), text(info.nextStep)}};
        QCOMPARE(findings[0].toObject(), wanted);
    }
}

void TestFindings::jsonLineLeavesOutWhatAFindingHasNot()
{
    Finding finding;
    finding.id = FindingId::SizeLarge;
    finding.severity = Severity::Warning;
    const QByteArray line = frameToJsonLine(*makeBatch({{.findings = {finding}}}), 0);
    const QJsonArray findings = QJsonDocument::fromJson(line).object().value(QStringLiteral("findings")).toArray();
    QCOMPARE(findings[0].toObject().keys(),
             QStringList({QStringLiteral("cause"), QStringLiteral("id"), QStringLiteral("next_step"),
                          QStringLiteral("pointer"), QStringLiteral("severity"), QStringLiteral("title")}));
}

QTEST_APPLESS_MAIN(TestFindings)
#include "tst_findings.moc"
