/// The audit pane over a real session file: rows by audit number, filters, and an export that is the exporter's own.
#include "core/exchange/exporter.h"
#include "core/store/sessionwriter.h"
#include "tests/support/framebuilder.h"
#include "ui/audit/auditmodel.h"
#include "ui/audit/auditpane.h"
#include "ui/audit/auditwords.h"
#include "ui/audit/verifybar.h"
#include "ui/common/exportbar.h"
#include "ui/common/fileexport.h"
#include "ui/common/theme.h"
#include "ui/frames/framecache.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;

namespace {

constexpr int frameCount = 60;

AuditEvent eventOf(AuditAction action, Severity severity, const QString& object)
{
    return auditEvent(action, severity, object, {{QStringLiteral("code"), 1001}});
}

std::vector<test::FrameSpec> frames()
{
    std::vector<test::FrameSpec> specs(frameCount);
    specs[7].verdict = Verdict::Refused;
    specs[7].type = "agent.mood";
    specs[30].verdict = Verdict::Warned;
    return specs;
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
}

} // namespace

class TestAuditPane : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_session;
    quint64 m_lastSeq = 0;

private Q_SLOTS:
    // One event, the frames, two events.
    void initTestCase()
    {
        Theme::install(*qApp, ColorScheme::Light);
        m_session = m_folder.filePath(QStringLiteral("s.framescope"));
        auto writer = SessionWriter::create(m_session, {});
        QVERIFY2(writer, qPrintable(writer ? QString() : writer.error().detail));
        (*writer)->append(eventOf(AuditAction::SessionStarted, Severity::Note, QStringLiteral("demo")));
        (*writer)->append(test::makeBatch(frames()));
        (*writer)->append(eventOf(AuditAction::Closed, Severity::Warning, QStringLiteral("<b>wss</b>://h/p")));
        m_lastSeq =
            (*writer)->append(eventOf(AuditAction::ConnectFailed, Severity::Error, QStringLiteral("wss://h/p")));
        QVERIFY((*writer)->close());
    }

    // However long the log is: a view pays for each row.
    void showsAWindowOfAllEntriesThatMovesWithTheNewest()
    {
        FrameCache cache;
        AuditModel model(&cache, nullptr, 80);
        const QAbstractItemModelTester tester(&model);
        const auto seqAt = [&model](int row) { return model.index(row, AuditModel::SeqColumn).data().toString(); };
        model.setMode(AuditModel::Mode::AllEntries);
        model.setLastSeq(60);
        QCOMPARE(model.rowCount(), 60);
        model.setLastSeq(100);
        QVERIFY(model.rowCount() <= 80);
        QCOMPARE(seqAt(model.rowCount() - 1), QStringLiteral("100"));
        QCOMPARE(model.hiddenOlder() + quint64(model.rowCount()), quint64(100));

        // Who reads keeps the rows; the newest are there again when it ends.
        model.setHeld(true);
        const QString first = seqAt(0);
        model.setLastSeq(10'000);
        QCOMPARE(seqAt(0), first);
        QCOMPARE(model.rowCount(), 80);
        model.setHeld(false);
        QCOMPARE(seqAt(model.rowCount() - 1), QStringLiteral("10,000"));
        QVERIFY(model.rowCount() <= 80);

        const QString oldest = seqAt(0);
        const int row = model.showOlder();
        QVERIFY(row > 0);
        QCOMPARE(seqAt(row), oldest);
        model.showFirst();
        QCOMPARE(seqAt(0), QStringLiteral("1"));
        QCOMPARE(model.rowCount(), 80);
        QCOMPARE(model.showOlder(), -1);
        model.setLastSeq(20'000); // held by the jump
        QCOMPARE(seqAt(0), QStringLiteral("1"));
    }

    void listsLifeCycleEventsOfAReopenedSession()
    {
        FrameCache cache;
        AuditModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        model.open(m_session);
        QTRY_COMPARE(model.rowCount(), 3);
        QCOMPARE(model.lastSeq(), m_lastSeq);
        QCOMPARE(model.index(0, AuditModel::ActionColumn).data().toString(), QStringLiteral("Session started"));
        QCOMPARE(model.index(1, AuditModel::ObjectColumn).data().toString(), QStringLiteral("<b>wss</b>://h/p"));
        QVERIFY(!model.index(1, AuditModel::ObjectColumn).data(Qt::ToolTipRole).toString().contains(QLatin1Char('<')));
        QCOMPARE(model.index(2, AuditModel::SeverityColumn).data().toString(), QStringLiteral("✕ error"));
        QCOMPARE(model.frameAt(0), quint64(0));
    }

    void listsAllEntriesWithoutHoles()
    {
        FrameCache cache;
        cache.open(m_session);
        AuditModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        model.setMode(AuditModel::Mode::AllEntries);
        model.open(m_session);
        QTRY_COMPARE(model.rowCount(), frameCount + 3);
        // A row that was not here is asked for when it is looked at.
        QTRY_COMPARE(model.index(8, AuditModel::ActionColumn).data().toString(), QStringLiteral("Frame refused"));
        QCOMPARE(model.index(8, AuditModel::ObjectColumn).data().toString(), QStringLiteral("agent.mood"));
        QCOMPARE(model.frameAt(8), quint64(8));
        QTRY_COMPARE(model.index(0, AuditModel::ActionColumn).data().toString(), QStringLiteral("Session started"));
        QCOMPARE(model.index(0, AuditModel::SeqColumn).data().toString(), QStringLiteral("1"));
    }

    void searchesAllEntriesInTheBackground()
    {
        FrameCache cache;
        cache.open(m_session);
        AuditModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        model.open(m_session);
        QTRY_COMPARE(model.lastSeq(), m_lastSeq);
        model.setMode(AuditModel::Mode::AllEntries);
        model.setFilter({{}, Severity::Warning});
        QTRY_VERIFY(!model.isSearching());
        QCOMPARE(model.rowCount(), 4); // two frames, two events, in order
        QTRY_COMPARE(model.frameAt(0), quint64(8));
        QTRY_COMPARE(model.frameAt(1), quint64(31));
        model.setFilter({QStringLiteral("AGENT.mood"), Severity::Note});
        QTRY_VERIFY(!model.isSearching() && model.rowCount() == 1);
        model.setFilter({QStringLiteral("nowhere"), Severity::Note});
        QTRY_VERIFY(!model.isSearching());
        QCOMPARE(model.rowCount(), 0);
    }

    void verifySaysTheResultInWords()
    {
        const QString path = m_folder.filePath(QStringLiteral("signed.framescope"));
        SessionInfo info;
        info.sessionId = "00aa";
        auto writer = SessionWriter::create(path, info);
        QVERIFY(writer);
        (*writer)->useSigningKey(std::make_shared<const SigningKey>(*SigningKey::generate()), QStringLiteral("a test"));
        (*writer)->append(test::makeBatch(frames()));
        QVERIFY((*writer)->close());

        FrameCache cache;
        AuditPane pane(&cache);
        auto* bar = pane.findChild<VerifyBar*>();
        QSignalSpy finished(bar, &VerifyBar::finished);
        pane.open(path);
        pane.verify();
        pane.verify(); // one at a time
        QVERIFY(bar->isRunning());
        QVERIFY(finished.wait());
        QVERIFY2(bar->text().contains(QLatin1String("The audit log is sound.")) &&
                     bar->text().contains(QLatin1String("61 entries, signed up to 61 by 2 checkpoints")),
                 qPrintable(bar->text()));

        pane.open(m_session); // nobody signed that one
        pane.verify();
        QVERIFY(finished.wait());
        QVERIFY2(bar->text().contains(QLatin1String("does not verify")), qPrintable(bar->text()));
    }

    void addsWhatComesLive()
    {
        FrameCache cache;
        AuditModel model(&cache);
        const QAbstractItemModelTester tester(&model);
        FrameFeed::Delivery delivery;
        delivery.batches = {test::makeBatch(frames(), 1, 1)};
        delivery.events = {eventOf(AuditAction::Connected, Severity::Note, QStringLiteral("h"))};
        delivery.events[0].seq = frameCount + 1;
        delivery.lastSeq = frameCount + 1;
        cache.append(delivery.batches);
        model.append(delivery);
        QCOMPARE(model.rowCount(), 1);
        model.setMode(AuditModel::Mode::AllEntries);
        QCOMPARE(model.rowCount(), frameCount + 1);
        QCOMPARE(model.index(7, AuditModel::ActionColumn).data().toString(), QStringLiteral("Frame refused"));
        QCOMPARE(model.index(frameCount, AuditModel::ActionColumn).data().toString(), QStringLiteral("Connected"));
        delivery.batches = {test::makeBatch(frames(), frameCount + 1, frameCount + 2)};
        delivery.events.clear();
        delivery.lastSeq += frameCount;
        model.append(delivery);
        QCOMPARE(model.rowCount(), 2 * frameCount + 1);
    }

    void keepsOnlyTheNewestEventsInMemory()
    {
        EventLog log;
        std::vector<AuditEvent> events(EventLog::capacity + 10);
        for (std::size_t i = 0; i < events.size(); ++i)
            events[i].seq = 2 * (i + 1);
        QCOMPARE(log.append(events), std::size_t(10));
        QCOMPARE(log.size(), EventLog::capacity);
        QVERIFY(!log.find(2));
        QVERIFY(log.find(22));
        QVERIFY(!log.find(23));
        QCOMPARE(log.completeFrom(), quint64(21));
    }

    void homeAndEndAreThoseOfTheLog()
    {
        FrameCache cache;
        AuditPane pane(&cache);
        auto* table = pane.findChild<QTableView*>();
        const QAbstractItemModel* model = table->model();
        const auto seqAt = [model](int row) { return model->index(row, AuditModel::SeqColumn).data().toString(); };
        pane.resize(900, 300);
        pane.show();
        for (auto* chip : pane.findChildren<QPushButton*>()) {
            if (chip->text() == QStringLiteral("All entries"))
                chip->click();
        }
        pane.showAll(2'000'000);
        const int lastRow = model->rowCount() - 1;
        QCOMPARE(seqAt(lastRow), QStringLiteral("2,000,000"));
        QVERIFY(quint64(lastRow) < RowWindow::defaultLimit);

        QTest::keyClick(table, Qt::Key_Home);
        QCOMPARE(seqAt(table->currentIndex().row()), QStringLiteral("1"));
        pane.showAll(3'000'000);
        QCOMPARE(seqAt(table->rowAt(0)), QStringLiteral("1")); // who reads is left alone
        QTest::keyClick(table, Qt::Key_End);
        QCOMPARE(seqAt(table->currentIndex().row()), QStringLiteral("3,000,000"));
        QVERIFY(table->visualRect(table->currentIndex()).bottom() <= table->viewport()->height());

        table->setCurrentIndex(model->index(0, 0)); // up over the first row there is
        const QString first = seqAt(0);
        QTest::keyClick(table, Qt::Key_Up);
        QCOMPARE(QLocale(QLocale::English).toULongLong(seqAt(table->currentIndex().row())) + 1,
                 QLocale(QLocale::English).toULongLong(first));
    }

    void exportsTheSameBytesAsTheExporter()
    {
        FrameCache cache;
        AuditPane pane(&cache);
        pane.open(m_session);
        QSignalSpy exported(&pane, &AuditPane::exported);
        const QString path = m_folder.filePath(QStringLiteral("pane.csv"));
        pane.exportTo(path);
        QTRY_COMPARE(exported.size(), 1);
        const auto event = exported[0][0].value<AuditEvent>();
        QCOMPARE(event.action, AuditAction::Exported);

        ExportRequest request;
        request.sessionPath = m_session;
        const QString other = m_folder.filePath(QStringLiteral("exporter.csv"));
        const auto result = exportToFile(other, request);
        QVERIFY(result);
        QCOMPARE(contentOf(path), contentOf(other));
        QCOMPARE(result->rows, quint64(frameCount + 3));
        QVERIFY(event.detail.contains(result->sha256Hex));
        QVERIFY(pane.findChild<ExportBar*>()->text().contains(QString::fromLatin1(result->sha256Hex)));
    }

    void saysWhyAnExportFailed()
    {
        FrameCache cache;
        AuditPane pane(&cache);
        pane.open(m_session);
        QSignalSpy exported(&pane, &AuditPane::exported);
        pane.exportTo(m_folder.filePath(QStringLiteral("no/such/folder/x.csv")));
        QTRY_VERIFY(pane.findChild<ExportBar*>()->text().startsWith(QStringLiteral("✕")));
        QCOMPARE(exported.size(), 0);
    }

    void opensTheFrameOfAnEntry()
    {
        FrameCache cache;
        cache.open(m_session);
        AuditPane pane(&cache);
        pane.open(m_session);
        auto* model = pane.findChild<AuditModel*>();
        model->setMode(AuditModel::Mode::AllEntries);
        QTRY_COMPARE(model->rowCount(), frameCount + 3);
        QTRY_COMPARE(model->frameAt(8), quint64(8));
        QSignalSpy activated(&pane, &AuditPane::frameActivated);
        Q_EMIT pane.findChild<QTableView*>()->activated(model->index(8, 0));
        Q_EMIT pane.findChild<QTableView*>()->activated(model->index(frameCount + 2, 0));
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated[0][0].toULongLong(), quint64(8));
    }

    void hasWordsForEveryAction()
    {
        for (int action = 0; action < int(AuditAction::Count_); ++action) {
            const QByteArray name(auditActionName(AuditAction(action)).data());
            QVERIFY2(auditActionText(name) != QString::fromLatin1(name), name.constData());
        }
        QCOMPARE(auditDetailText(R"({"code":1001,"findings":["A","B"],"size_bytes":7})"),
                 QStringLiteral("code 1001 · findings A, B · size bytes 7"));
        QCOMPARE(auditDetailText("<b>\x1B"), QStringLiteral("<b>\\u001b"));
    }
};

QTEST_MAIN(TestAuditPane)
#include "tst_auditpane.moc"
