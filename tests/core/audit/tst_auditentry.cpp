#include "core/audit/auditentry.h"
#include "core/frame/findingcatalogue.h"
#include "tests/support/framebuilder.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace framescope;
using test::FrameSpec;
using test::makeBatch;

class TestAuditEntry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void frameEntrySaysWhatWasJudged()
    {
        FrameSpec spec;
        spec.payload = R"({"type":"interaction.update","a":1})";
        spec.verdict = Verdict::Refused;
        spec.checksum = ChecksumState::Mismatch;
        spec.findings.resize(2);
        spec.findings[0].id = FindingId::SchemaRequired;
        spec.findings[1].id = FindingId::ChecksumMismatch;
        const auto batch = makeBatch({FrameSpec(), spec}, 41, 1000);
        batch->heads[1].connection = 3;
        batch->heads[1].attempt = 2;

        const AuditEntry entry = auditEntryForFrame(*batch, 1);
        QCOMPARE(entry.seq, 1001u);
        QCOMPARE(entry.frame, 42u);
        QCOMPARE(entry.at.monoNs, batch->heads[1].monoNs);
        QCOMPARE(entry.at.wallNs, batch->heads[1].wallNs);
        QCOMPARE(entry.severity, Severity::Error);
        QCOMPARE(entry.actor, "stream");
        QCOMPARE(entry.action, "frame-refused");
        QCOMPARE(entry.object, "interaction.update");
        QCOMPARE(entry.connection, 3);
        QCOMPARE(entry.attempt, 2);
        QCOMPARE(entry.detail, "{\"checksum\":\"mismatch\",\"findings\":[\"SCHEMA-REQUIRED\",\"CHECKSUM-MISMATCH\"],"
                               "\"number\":42,\"sha256\":\"" +
                                   toHex(batch->digests[1]) +
                                   "\",\"size_bytes\":" + QByteArray::number(spec.payload.size()) + "}");
    }

    void frameDetailIsSortedCompactJson_data()
    {
        QTest::addColumn<int>("verdict");
        for (const Verdict verdict : {Verdict::Accepted, Verdict::Warned, Verdict::Refused})
            QTest::newRow(verdictName(verdict).data()) << int(verdict);
    }
    void frameDetailIsSortedCompactJson()
    {
        QFETCH(int, verdict);
        FrameSpec spec;
        spec.verdict = Verdict(verdict);
        const auto batch = makeBatch({spec});
        batch->digests[0] = {}; // as the gate leaves it: no digest, so none is claimed
        const QByteArray detail = auditEntryForFrame(*batch, 0).detail;
        const QJsonDocument parsed = QJsonDocument::fromJson(detail);
        QVERIFY(parsed.isObject());
        QCOMPARE(parsed.toJson(QJsonDocument::Compact), detail); // Qt writes keys sorted
        QVERIFY(!parsed.object().contains(QStringLiteral("sha256")));
    }

    void verdictDecidesSeverityAndAction_data()
    {
        QTest::addColumn<int>("verdict");
        QTest::addColumn<int>("severity");
        QTest::addColumn<QByteArray>("action");
        QTest::newRow("accepted") << int(Verdict::Accepted) << int(Severity::Note) << QByteArray("frame-accepted");
        QTest::newRow("warned") << int(Verdict::Warned) << int(Severity::Warning) << QByteArray("frame-warned");
        QTest::newRow("refused") << int(Verdict::Refused) << int(Severity::Error) << QByteArray("frame-refused");
    }
    void verdictDecidesSeverityAndAction()
    {
        QFETCH(int, verdict);
        QFETCH(int, severity);
        QFETCH(QByteArray, action);
        FrameSpec spec;
        spec.verdict = Verdict(verdict);
        const AuditEntry entry = auditEntryForFrame(*makeBatch({spec}), 0);
        QCOMPARE(int(entry.severity), severity);
        QCOMPARE(entry.action, action);
    }

    void eventEntryKeepsTheEvent()
    {
        AuditEvent event = auditEvent(AuditAction::Closed, Severity::Warning, QStringLiteral("wss://host/path"),
                                      {{QStringLiteral("code"), 1011}});
        event.seq = 77;
        event.connection = 1;
        event.attempt = 4;
        const AuditEntry entry = auditEntryForEvent(event);
        QCOMPARE(entry.seq, 77u);
        QCOMPARE(entry.frame, 0u);
        QCOMPARE(entry.action, "closed");
        QCOMPARE(entry.actor, "stream");
        QCOMPARE(entry.object, "wss://host/path");
        QCOMPARE(entry.detail, R"({"code":1011})");
        QCOMPARE(entry.severity, Severity::Warning);
        QCOMPARE(entry.at.monoNs, event.at.monoNs);
        QCOMPARE(entry.connection, 1);
        QCOMPARE(entry.attempt, 4);
    }

    void everyActionHasAnActor()
    {
        for (int action = 0; action < int(AuditAction::Count_); ++action) {
            AuditEvent event;
            event.action = AuditAction(action);
            const AuditEntry entry = auditEntryForEvent(event);
            QVERIFY(entry.actor == "stream" || entry.actor == "framescope" || entry.actor == "user");
            QCOMPARE(auditActionFromName(entry.action), event.action);
        }
    }
};

QTEST_APPLESS_MAIN(TestAuditEntry)
#include "tst_auditentry.moc"
