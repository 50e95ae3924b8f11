/// The whole window, driven by keys and mouse: the demo against the real simulator on loopback, filter, select, hold
/// and follow, pause, export, stop, reopen.
#include "core/simulator/simulator.h"
#include "core/store/sessionlock.h"
#include "core/store/sessionreader.h"
#include "core/store/sessionverify.h"
#include "tests/support/commandline.h"
#include "ui/audit/auditpane.h"
#include "ui/common/sentence.h"
#include "ui/common/theme.h"
#include "ui/connection/redactionedit.h"
#include "ui/detail/detailpane.h"
#include "ui/frames/commentdialog.h"
#include "ui/frames/frametableview.h"
#include "ui/frames/markbook.h"
#include "ui/mainwindow/exportdialog.h"
#include "ui/mainwindow/filterrow.h"
#include "ui/mainwindow/importbar.h"
#include "ui/mainwindow/importdialog.h"
#include "ui/mainwindow/lowertabs.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/recoverybar.h"
#include "ui/mainwindow/replaybar.h"
#include "ui/mainwindow/replaydialog.h"
#include "ui/mainwindow/sessionview.h"
#include "ui/mainwindow/windowactions.h"
#include "ui/mainwindow/windowmemory.h"
#include "ui/topics/topicsmodel.h"
#include "ui/topics/topicspane.h"

#include <QApplication>
#include <QComboBox>
#include <QDeadlineTimer>
#include <QDirIterator>
#include <QDropEvent>
#include <QFileInfo>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <QUuid>
#include <csignal>
#include <functional>
#include <optional>

using namespace framescope;

namespace {

constexpr int patienceMs = 30'000;

QPushButton* buttonNamed(const QWidget& window, const QString& text)
{
    for (QPushButton* button : window.findChildren<QPushButton*>()) {
        if (button->isVisible() && button->text().endsWith(text))
            return button;
    }
    return nullptr;
}

ImportDialog* importDialogOf(const MainWindow& window)
{
    for (ImportDialog* dialog : window.findChildren<ImportDialog*>()) {
        if (dialog->isVisible())
            return dialog;
    }
    return nullptr;
}

/// Opens a capture and takes what its dialog offers.
bool importAsOffered(MainWindow& window, const QString& path)
{
    window.openFile(path);
    ImportDialog* dialog = importDialogOf(window);
    QPushButton* button = dialog ? buttonNamed(*dialog, QStringLiteral("Import")) : nullptr;
    if (button)
        button->click();
    return button && !importDialogOf(window);
}

/// All payloads of a session file in a row; empty when it cannot be read.
QByteArray payloadsOf(const QString& path)
{
    QByteArray all;
    const auto reader = SessionReader::open(path);
    for (quint64 next = 1; reader;) {
        const auto block = (*reader)->nextBlock(next);
        if (!block || !*block)
            break;
        all.append((*block)->payload.data(), qsizetype((*block)->payload.size()));
        next = (*block)->lastNumber() + 1;
    }
    return all;
}

QStringList filesBelow(const QString& folder)
{
    QStringList paths;
    QDirIterator walk(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (walk.hasNext())
        paths += walk.next();
    paths.sort();
    return paths;
}

/// Asks when a window hides.
class HideWatch : public QObject
{
public:
    explicit HideWatch(std::function<bool()> question)
        : m_question(std::move(question))
    {
    }
    std::optional<bool> answer;

private:
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Hide && !answer)
            answer = m_question();
        return false;
    }
    std::function<bool()> m_question;
};

} // namespace

class TestMainWindow : public QObject
{
    Q_OBJECT

    QTemporaryDir m_home;
    std::unique_ptr<SimulatorThread> m_simulator;
    QString m_recorded;

    Expected<SessionConfig> demo()
    {
        SimulatorOptions options;
        options.rate = 400;
        m_simulator = std::make_unique<SimulatorThread>(options);
        const auto endpoint = m_simulator->start();
        if (!endpoint)
            return tl::unexpected(endpoint.error());
        SessionConfig config;
        config.stream.url = endpoint->streamUrl;
        config.stream.credentials = ClientCredentials{
            endpoint->tokenUrl, QString::fromUtf8(endpoint->clientId), endpoint->clientSecret, defaultDirectScope, {}};
        config.simulated = true;
        config.sourceName = QStringLiteral("Demo");
        return config;
    }

    Expected<SessionConfig> topicsDemo()
    {
        SimulatorOptions options;
        options.scenario = QStringLiteral("contact-centre");
        options.rate = 60;
        options.agents = 6;
        options.queues = 3;
        options.heartbeatInterval = std::chrono::milliseconds(300);
        m_simulator = std::make_unique<SimulatorThread>(options);
        const auto endpoint = m_simulator->start();
        if (!endpoint)
            return tl::unexpected(endpoint.error());
        SessionConfig config;
        NotificationConfig notifications;
        notifications.hosts = *GenesysHosts::fromGateway(endpoint->gatewayUrl);
        notifications.credentials = ClientCredentials{
            endpoint->tokenUrl, QString::fromUtf8(endpoint->clientId), endpoint->clientSecret, {}, {}};
        notifications.topics = endpoint->topics;
        config.notifications = notifications;
        config.simulated = true;
        config.sourceName = QStringLiteral("Topics");
        return config;
    }

    std::unique_ptr<MainWindow> shownWindow()
    {
        auto window = std::make_unique<MainWindow>([this] { return demo(); });
        window->show();
        return window;
    }

    void stopAndWait(MainWindow& window)
    {
        window.desk()->stop();
        QTRY_VERIFY_WITH_TIMEOUT(!window.desk()->isRunning(), patienceMs);
    }

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_STATE_HOME", m_home.filePath(QStringLiteral("state")).toLocal8Bit());
        qputenv("XDG_CONFIG_HOME", m_home.filePath(QStringLiteral("config")).toLocal8Bit());
        QApplication::setQuitOnLastWindowClosed(false);
        Theme::install(*qApp, ColorScheme::Light);
    }

    void beginsEmptyAndSaysWhyActionsCannotBeDone()
    {
        const auto window = shownWindow();
        QVERIFY(buttonNamed(*window, QStringLiteral("Try the demo")));
        QVERIFY(!window->actions()->exportAudit->isEnabled());
        QVERIFY(!window->actions()->exportAudit->statusTip().isEmpty());
        QVERIFY(!window->actions()->startStop->isEnabled());
        QCOMPARE(window->windowTitle(), QStringLiteral("Framescope"));
    }

    void menusHaveMnemonicsWithoutDuplicates()
    {
        const auto window = shownWindow();
        for (const QAction* menu : window->menuBar()->actions()) {
            QStringList letters;
            for (const QAction* action : menu->menu()->actions()) {
                if (action->isSeparator())
                    continue;
                const qsizetype mark = action->text().indexOf(QLatin1Char('&'));
                QVERIFY2(mark >= 0, qPrintable(action->text()));
                const QString letter = action->text().mid(mark + 1, 1).toLower();
                QVERIFY2(!letters.contains(letter), qPrintable(menu->text() + QLatin1Char(' ') + action->text()));
                letters += letter;
            }
        }
    }

    void runsTheDemoByMouseAndKeys()
    {
        const auto window = shownWindow();
        QTest::mouseClick(buttonNamed(*window, QStringLiteral("Try the demo")), Qt::LeftButton);
        SessionView* view = window->view();
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->rowCount() > 200, patienceMs);
        QVERIFY(window->desk()->isRunning());
        QVERIFY(window->windowTitle().contains(QStringLiteral(" — Demo — Framescope")));
        QVERIFY(view->table()->isFollowing());

        // Hold by selecting, explain by the detail pane, follow by F.
        QTest::keyClick(view->table(), Qt::Key_K);
        QVERIFY(!view->table()->isFollowing());
        QVERIFY(!window->actions()->follow->isChecked());
        const quint64 held = view->table()->currentNumber();
        QTRY_VERIFY_WITH_TIMEOUT(view->table()->newRows() > 0, patienceMs);
        QCOMPARE(view->table()->currentNumber(), held);
        QTest::keyClick(view->table(), Qt::Key_F);
        QVERIFY(view->table()->isFollowing());

        // Filter by keys.
        QTest::keyClick(view->table(), Qt::Key_Slash);
        auto* line = view->filterRow()->line()->findChild<QLineEdit*>();
        QTRY_VERIFY(line->hasFocus() || !window->isActiveWindow());
        QTest::keyClicks(line, QStringLiteral("msg.type == \"telephony.media\""));
        QTest::keyClick(line, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->isFiltered() && !view->model()->isScanning(), patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->rowCount() > 0, patienceMs);
        QTRY_COMPARE(view->model()->index(0, FrameTableModel::Type).data().toString(),
                     QStringLiteral("telephony.media"));
        QVERIFY(quint64(view->model()->rowCount()) < view->model()->frameCount());
        QTest::keyClick(window.get(), Qt::Key_Slash, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(!view->model()->isFiltered());

        // A frozen view, a running capture.
        window->actions()->pause->trigger();
        const int frozen = view->model()->rowCount();
        const quint64 counted = view->model()->frameCount();
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->frameCount() > counted, patienceMs);
        QCOMPARE(view->model()->rowCount(), frozen);
        window->actions()->pause->trigger();
        QTRY_VERIFY(view->model()->rowCount() > frozen);

        stopAndWait(*window);
        m_recorded = window->desk()->path();
        QVERIFY(window->actions()->startStop->isEnabled()); // it can be started again
        QVERIFY(WindowMemory::recentSessions().contains(m_recorded));
    }

    void reopensASessionAsItWas()
    {
        QVERIFY(!m_recorded.isEmpty());
        const auto window = shownWindow();
        QSignalSpy metrics(window->desk(), &SessionDesk::metricsChanged);
        window->openFile(m_recorded);
        SessionView* view = window->view();
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->rowCount() > 200, patienceMs);
        QVERIFY(!window->desk()->isRunning());
        view->table()->selectNumber(1);
        QTRY_VERIFY_WITH_TIMEOUT(!view->model()->index(0, 0).data(FrameTableModel::LoadingRole).toBool(), patienceMs);
        const auto counted = [&] {
            return metrics.isEmpty() ? 0 : metrics.last()[0].value<MetricsSnapshotPtr>()->totals.received;
        };
        QTRY_COMPARE_WITH_TIMEOUT(counted(), view->model()->frameCount(), patienceMs);

        QTemporaryDir folder;
        const QString csv = folder.filePath(QStringLiteral("audit.csv"));
        QSignalSpy exported(view, &SessionView::exported);
        view->lowerTabs()->showTab(LowerTabs::AuditTab);
        view->lowerTabs()->audit()->exportTo(csv);
        QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, patienceMs);
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(quint64(file.readAll().count("\r\n")) > view->model()->frameCount());
    }

    void exportsTheFramesThatTheFilterShows()
    {
        QVERIFY(!m_recorded.isEmpty());
        const auto window = shownWindow();
        window->openFile(m_recorded);
        SessionView* view = window->view();
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->frameCount() > 200, patienceMs);
        view->applyFilter(QStringLiteral("msg.type == \"telephony.media\""));
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->isFiltered() && !view->model()->isScanning(), patienceMs);
        FrameExport* target = view->frameExport();
        ExportDialog dialog(target, {view->model()->frameCount(), 1, view->model()->filter(), 1});
        QVERIFY(!dialog.choice().filter.isEmpty()); // with a filter, what is shown is what is meant first
        QVERIFY(target->suggestedName(dialog.choice()).endsWith(QStringLiteral("-frames.csv")));
        QTemporaryDir folder;
        QSignalSpy exported(view, &SessionView::exported);
        target->start(folder.filePath(QStringLiteral("shown.csv")), dialog.choice());
        QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, patienceMs);
        QFile csv(folder.filePath(QStringLiteral("shown.csv")));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QCOMPARE(csv.readAll().count("\r\n"), qsizetype(view->model()->rowCount()) + 1);
        QVERIFY(exported[0][0].value<AuditEvent>().detail.contains("telephony.media"));

        FrameExport::Choice all;
        all.format = ExportFormat::JsonLines;
        target->start(folder.filePath(QStringLiteral("all.jsonl")), all);
        QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 2, patienceMs);
        QFile lines(folder.filePath(QStringLiteral("all.jsonl")));
        QVERIFY(lines.open(QIODevice::ReadOnly));
        QCOMPARE(quint64(lines.readAll().count('\n')), view->model()->frameCount());
    }

    void selectedFramesLeaveAsHarAndComeBack()
    {
        QVERIFY(!m_recorded.isEmpty());
        const auto window = shownWindow();
        window->openFile(m_recorded);
        SessionView* view = window->view();
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->frameCount() > 200, patienceMs);
        FrameTableView* table = view->table();
        table->selectNumber(20);
        for (const int row : {10, 11, 12, 40}) {
            const auto how = QItemSelectionModel::Select | QItemSelectionModel::Rows;
            table->selectionModel()->select(view->model()->index(row, 0), how);
        }
        ExportDialog dialog(view->frameExport(), {.frames = view->model()->frameCount(),
                                                  .shownFrames = 0,
                                                  .filter = {},
                                                  .auditEntries = 1,
                                                  .selected = table->selectedSpans()});
        FrameExport::Choice choice = dialog.choice(); // with several selected, they are what is meant first
        QCOMPARE(choice.spans, (FrameSpans{{11, 13}, {20, 20}, {41, 41}}));
        choice.format = ExportFormat::Har;
        QTemporaryDir folder;
        QSignalSpy exported(view, &SessionView::exported);
        view->frameExport()->start(folder.filePath(QStringLiteral("some.har")), choice);
        QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, patienceMs);
        QVERIFY(QFileInfo::exists(folder.filePath(QStringLiteral("some.har.manifest.json"))));

        QVERIFY(importAsOffered(*window, folder.filePath(QStringLiteral("some.har"))));
        QTRY_VERIFY_WITH_TIMEOUT(window->desk()->isImported(), patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(view->model()->frameCount(), 5u, patienceMs);
        QVERIFY(SessionReader::open(window->desk()->path()).has_value());

        QFile broken(folder.filePath(QStringLiteral("broken.har")));
        QVERIFY(broken.open(QIODevice::WriteOnly) && broken.write("{\"log\":") > 0);
        broken.close();
        const QString before = window->desk()->path();
        QSignalSpy failed(window->findChild<ImportBar*>(), &ImportBar::failed);
        QVERIFY(importAsOffered(*window, broken.fileName()));
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, patienceMs);
        QCOMPARE(window->desk()->path(), before); // what is open stays
    }

    void captureIsImportedWithoutWhatRulesName()
    {
        const QByteArray canary = "canary-" + QUuid::createUuid().toByteArray(QUuid::Id128);
        QTemporaryDir elsewhere; // the capture itself holds the value, of course
        QFile original(QStringLiteral(FRAMESCOPE_SOURCE_DIR "/tests/data/captures/devtools.har"));
        QFile capture(elsewhere.filePath(QStringLiteral("call.har")));
        QVERIFY(original.open(QIODevice::ReadOnly) && capture.open(QIODevice::WriteOnly));
        QVERIFY(capture.write(original.readAll().replace("pong", canary)) > 0);
        capture.close();
        const QString home = m_home.path();
        const QStringList before = filesBelow(home);
        const auto window = shownWindow();
        const auto* bar = window->findChild<ImportBar*>();
        const auto dialog = [&window] { return importDialogOf(*window); };
        const auto press = [&](const char* text) { buttonNamed(*dialog(), QLatin1String(text))->click(); };

        window->openFile(capture.fileName());
        QVERIFY(dialog() && !bar->isRunning()); // nothing begins before it is answered
        press("Cancel");
        QVERIFY(!dialog() && !bar->isRunning());
        QCOMPARE(filesBelow(home), before);

        window->openFile(capture.fileName());
        auto* policy = dialog()->findChild<QComboBox*>();
        auto* rules = dialog()->findChild<RedactionEdit*>();
        auto* lines = rules->findChild<QPlainTextEdit*>();
        QVERIFY(!rules->isVisible());
        policy->setCurrentIndex(policy->findData(int(PayloadPolicy::Redacted)));
        QVERIFY(rules->isVisible());
        for (const char* wrong :
             {"", "word", "word=eventBody"}) { // with rules like these it would be imported in the clear
            lines->setPlainText(QString::fromLatin1(wrong));
            press("Import");
            QVERIFY(dialog() && !bar->isRunning());
        }
        lines->setPlainText(QStringLiteral("word=/eventBody/message\nnone=/agent/fax"));
        press("Import");
        QTRY_VERIFY_WITH_TIMEOUT(window->desk()->isImported(), patienceMs);
        QCOMPARE(bar->text(),
                 QStringLiteral("Imported 4 messages; 2 that are none, or could not be read, were passed over; "
                                "redacted: word 1, none 0; 2 in which rules find no places keep their digest only."));
        const QByteArray kept = payloadsOf(window->desk()->path());
        QCOMPARE(kept.count("[redacted:word]"), 1);
        QVERIFY(!kept.contains(canary));
        QVERIFY(filesBelow(home).size() > before.size());
        for (const QString& path : filesBelow(home)) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(!file.readAll().contains(canary), qPrintable(path));
        }

        window->openFile(capture.fileName()); // the choice is remembered, also where the layout is reset
        WindowMemory::forgetLayout();
        policy = dialog()->findChild<QComboBox*>();
        QCOMPARE(PayloadPolicy(policy->currentData().toInt()), PayloadPolicy::Redacted);
        QCOMPARE(dialog()->findChild<RedactionEdit*>()->rules()->rules().size(), 2u);
        policy->setCurrentIndex(policy->findData(int(PayloadPolicy::Full)));
        const QString redacted = window->desk()->path();
        press("Import");
        QTRY_VERIFY_WITH_TIMEOUT(window->desk()->path() != redacted, patienceMs);
        QCOMPARE(payloadsOf(window->desk()->path()).count(canary), 1);     // what must be found is found
        QCOMPARE(WindowMemory::lastImport().redaction.rules().size(), 2u); // of the next one that redacts

        QSignalSpy further(window.get(), &MainWindow::furtherFiles); // a recording is not ended for what was imported
        window->openFile(capture.fileName());
        window->startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(window->desk()->isRunning(), patienceMs);
        press("Import");
        QTRY_COMPARE_WITH_TIMEOUT(further.count(), 1, patienceMs);
        QVERIFY(window->desk()->isRunning() && !window->desk()->isImported());
        QVERIFY(SessionReader::open(further[0][0].toStringList().value(0)).has_value());
        stopAndWait(*window);
    }

    void windowAndCommandLineExportTheSameBytes()
    {
        const auto window = shownWindow();
        window->openFile(m_recorded);
        SessionView* view = window->view();
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->frameCount() > 200, patienceMs);
        QTemporaryDir folder;
        QSignalSpy exported(view, &SessionView::exported);
        for (const ExportFormat format : {ExportFormat::Csv, ExportFormat::JsonLines, ExportFormat::Har}) {
            FrameExport::Choice choice;
            choice.format = format;
            choice.since = QStringLiteral("10");
            choice.until = QStringLiteral("150");
            choice.filter = *FrameFilter::parse(QStringLiteral("check.status == ok"));
            const QString path = folder.filePath(QStringLiteral("window.") + exportSuffix(format));
            exported.clear();
            view->frameExport()->start(path, choice);
            QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, patienceMs);
            const test::Outcome cli =
                test::runCli(folder.path(), {QStringLiteral("export"), m_recorded, QStringLiteral("--what"),
                                             QStringLiteral("frames"), QStringLiteral("--format"), exportSuffix(format),
                                             QStringLiteral("--since"), choice.since, QStringLiteral("--until"),
                                             choice.until, QStringLiteral("--filter"), choice.filter.expression()});
            QCOMPARE(cli.exitCode, 0);
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QCOMPARE(file.readAll(), cli.out);
            QVERIFY(cli.out.size() > 1'000);
        }
    }

    void marksAreRecordedInRunningAndInFinishedSessions()
    {
        const auto window = shownWindow();
        QVERIFY(!window->actions()->toggleMark->isEnabled());
        window->startDemo();
        SessionView* view = window->view();
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->rowCount() > 60, patienceMs);
        view->table()->selectNumber(20);
        QTest::keyClick(window.get(), Qt::Key_M, Qt::ControlModifier);
        QVERIFY(view->model()->isMarked(20)); // at once
        view->table()->selectNumber(30);
        window->actions()->comment->trigger();
        auto* dialog = window->findChild<CommentDialog*>();
        QVERIFY(dialog && !dialog->isModal());
        dialog->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("why\ntwice?"));
        QTest::mouseClick(buttonNamed(*dialog, QStringLiteral("&Add comment")), Qt::LeftButton);
        view->table()->selectNumber(41);
        window->actions()->toggleMark->trigger();
        stopAndWait(*window);
        const QString path = window->desk()->path();
        const auto marksOf = [](const QString& file) { return *(*SessionReader::open(file))->marks(); };
        QTRY_COMPARE_WITH_TIMEOUT(marksOf(path)->spans(), (FrameSpans{{20, 20}, {30, 30}, {41, 41}}), patienceMs);
        QCOMPARE(marksOf(path)->commentOf(30), "why\ntwice?");

        bool isKnownBefore = false; // a mark on what is not known yet would be a mark taken away
        const auto watch = connect(window->desk(), &SessionDesk::takesEventsChanged,
                                   [&] { isKnownBefore = view->model()->isMarked(41); });
        window->openFile(path);
        QVERIFY(!window->actions()->toggleMark->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(window->actions()->toggleMark->isEnabled(), patienceMs);
        QVERIFY(isKnownBefore);
        disconnect(watch);
        const auto firstBlock = (*SessionReader::open(path))->nextBlock(1);
        QCOMPARE(window->desk()->firstWallNs(), (*firstBlock)->heads.front().wallNs);
        view->table()->setFocus();
        view->table()->selectNumber(25);
        QTest::keyClick(view->table(), Qt::Key_BracketRight);
        QCOMPARE(view->table()->currentNumber(), 30u);
        QTest::keyClick(view->table(), Qt::Key_BracketLeft);
        QCOMPARE(view->table()->currentNumber(), 20u);
        window->actions()->toggleMark->trigger(); // twice in a hurry, and once more
        window->actions()->toggleMark->trigger();
        window->actions()->toggleMark->trigger();
        view->table()->selectNumber(50);
        window->actions()->toggleMark->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(marksOf(path)->spans(), (FrameSpans{{30, 30}, {41, 41}, {50, 50}}), patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(!window->desk()->isAdding(), patienceMs);
        view->applyFilter(QStringLiteral("frame.mark"));
        QTRY_COMPARE_WITH_TIMEOUT(view->model()->rowCount(), 3, patienceMs);

        ExportDialog offer(view->frameExport(), {100, 100, {}, 1, {}, view->marks()->marks()->count()});
        const auto buttons = offer.findChildren<QRadioButton*>();
        const auto marked = std::find_if(buttons.begin(), buttons.end(), [](const QRadioButton* button) {
            return button->text().contains(QStringLiteral("marked frames (3)"));
        });
        QVERIFY(marked != buttons.end());
        (*marked)->setChecked(true);
        QTemporaryDir folder;
        QSignalSpy exported(view, &SessionView::exported);
        view->frameExport()->start(folder.filePath(QStringLiteral("marked.csv")), offer.choice());
        QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, patienceMs);
        QFile csv(folder.filePath(QStringLiteral("marked.csv")));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const QByteArray bytes = csv.readAll();
        QCOMPARE(bytes.count("\r\n"), qsizetype(4));
        QTRY_VERIFY_WITH_TIMEOUT(!window->desk()->isAdding(), patienceMs);
        const test::Outcome cli = test::runCli(m_home.path(), {QStringLiteral("export"), path, QStringLiteral("--what"),
                                                               QStringLiteral("frames"), QStringLiteral("--format"),
                                                               QStringLiteral("csv"), QStringLiteral("--marked")});
        QCOMPARE(cli.out, bytes);
        const test::Outcome verified = test::runCli(m_home.path(), {QStringLiteral("verify"), path});
        QVERIFY2(verified.exitCode == 0, verified.out.constData());
    }

    void aSessionThatNobodyMayWriteTakesNoMarks()
    {
        const QString copy = m_home.filePath(QStringLiteral("read-only.framescope"));
        QVERIFY(QFile::copy(m_recorded, copy));
        QVERIFY(QFile::setPermissions(copy, QFileDevice::ReadOwner));
        const auto window = shownWindow();
        window->openFile(copy);
        QAction* mark = window->actions()->toggleMark;
        QTRY_VERIFY_WITH_TIMEOUT(mark->statusTip().contains(QStringLiteral("read-only")), patienceMs);
        QVERIFY(!mark->isEnabled());
        QVERIFY(QFile::setPermissions(copy, QFileDevice::ReadOwner | QFileDevice::WriteOwner));
        auto lock = SessionLock::acquire(copy); // as a program that records it
        QVERIFY(lock);
        window->openFile(copy);
        QTRY_VERIFY_WITH_TIMEOUT(mark->statusTip().contains(QStringLiteral("records this session")), patienceMs);
        QVERIFY(!mark->isEnabled());
        lock->release();
        QTRY_VERIFY_WITH_TIMEOUT(mark->isEnabled(), patienceMs); // it looks again by itself
    }

    void filesThatAreDroppedAreOpened()
    {
        const auto window = shownWindow();
        QSignalSpy further(window.get(), &MainWindow::furtherFiles);
        const auto drop = [&window](const QStringList& paths) {
            QMimeData mime;
            QList<QUrl> urls;
            for (const QString& path : paths)
                urls += QUrl::fromLocalFile(path);
            mime.setUrls(urls);
            const QPoint place(300, 300);
            QWidget* target = window->childAt(place);
            QDragEnterEvent enter(target->mapFrom(window.get(), place), Qt::CopyAction | Qt::MoveAction, &mime,
                                  Qt::LeftButton, {});
            enter.setDropAction(Qt::MoveAction);
            QCoreApplication::sendEvent(window.get(), &enter);
            if (!enter.isAccepted())
                return false;
            QDropEvent event(place, Qt::CopyAction | Qt::MoveAction, &mime, Qt::LeftButton, {});
            event.setDropAction(Qt::MoveAction);
            QCoreApplication::sendEvent(window.get(), &event);
            return event.isAccepted() && event.dropAction() == Qt::CopyAction; // nothing is moved away
        };
        QVERIFY(!drop({m_home.filePath(QStringLiteral("picture.png"))}));
        QVERIFY(drop({m_recorded, QStringLiteral("/tmp/other.har"), QStringLiteral("/tmp/notes.txt")}));
        QTRY_VERIFY_WITH_TIMEOUT(window->view()->model()->rowCount() > 200, patienceMs);
        QCOMPARE(window->desk()->path(), m_recorded);
        QCOMPARE(further.count(), 1);
        QCOMPARE(further[0][0].toStringList(), QStringList{QStringLiteral("/tmp/other.har")});

        // Onto the filter line too: a file is no text for a filter.
        auto* line = window->view()->filterRow()->line()->findChild<QLineEdit*>();
        QMimeData mime;
        mime.setUrls({QUrl::fromLocalFile(m_recorded)});
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &mime, Qt::LeftButton, {});
        QObject* watcher = window->view()->filterRow()->line();
        QVERIFY(watcher->eventFilter(line, &enter) && !enter.isAccepted()); // so that the window is asked

        window->startDemo(); // a recording is not ended for a dropped file
        QTRY_VERIFY_WITH_TIMEOUT(window->desk()->isRunning(), patienceMs);
        QVERIFY(drop({m_recorded}));
        QCOMPARE(further.count(), 2);
        QVERIFY(window->desk()->isRunning());
        stopAndWait(*window);

        const QString capture = m_home.filePath(QStringLiteral("none.har"));
        QVERIFY(drop({capture}));
        QCOMPARE(further.count(), 2);
        QVERIFY(importDialogOf(*window)); // a dropped capture is asked about too
        QVERIFY(drop({capture}));
        QCOMPARE(further.count(), 3);
        QCOMPARE(further[2][0].toStringList(), QStringList{capture});
    }

    void showsTopicsOfANotificationSessionAndOfItsFile()
    {
        const auto window = std::make_unique<MainWindow>([this] { return topicsDemo(); });
        window->show();
        QVERIFY(!window->actions()->showTopics->isEnabled());
        window->startDemo();
        SessionView* view = window->view();
        LowerTabs* tabs = view->lowerTabs();
        QVERIFY(window->actions()->showTopics->isEnabled());
        window->actions()->showTopics->trigger();
        QCOMPARE(tabs->currentTab(), LowerTabs::TopicsTab);
        const auto* topics = tabs->topics()->findChild<TopicsModel*>();
        const auto permitted = [topics] {
            int count = 0;
            for (int row = 0; row < topics->rowCount(); ++row)
                count += topics->topicAt(row)->state == TopicState::Permitted && topics->topicAt(row)->events > 0;
            return count;
        };
        QTRY_VERIFY_WITH_TIMEOUT(permitted() > 3, patienceMs);
        // Pongs and heartbeats come, are counted and not listed.
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->hiddenControl() > 0, patienceMs);
        QVERIFY(view->model()->frameCount() >= quint64(view->model()->rowCount()) + view->model()->hiddenControl());
        const int folded = view->model()->rowCount();
        window->actions()->showControl->trigger();
        QTRY_VERIFY(view->model()->rowCount() > folded);
        QCOMPARE(view->model()->hiddenControl(), quint64(0));
        window->actions()->showControl->trigger(); // remembered: the next window begins as this one ends
        // A narrow window says less, and cuts nothing.
        window->resize(970, 700);
        const auto isCut = [&window] {
            const QWidget* bar = window->statusBar();
            for (const Sentence* sentence : bar->findChildren<Sentence*>()) {
                if (sentence->isVisible() && sentence->mapTo(bar, QPoint(sentence->width(), 0)).x() > bar->width())
                    return true;
            }
            return false;
        };
        QTRY_VERIFY(!isCut());
        stopAndWait(*window);

        const QString recorded = window->desk()->path();
        window->openFile(recorded);
        QTRY_VERIFY_WITH_TIMEOUT(window->desk()->hasNotifications() && !window->desk()->isLive(), patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(view->model()->hiddenControl() > 0, patienceMs);
        QVERIFY(window->actions()->showTopics->isEnabled());

        ReplayConfig slowly;
        slowly.path = recorded;
        slowly.speed = 0.1;
        window->startSession(replaySessionConfig(slowly));
        QTRY_VERIFY_WITH_TIMEOUT(permitted() > 1, patienceMs);
        QVERIFY(window->desk()->isRunning()); // as its frames come, not only at its end
        stopAndWait(*window);
        window->openFile(m_recorded); // a direct stream again
        QVERIFY(!window->actions()->showTopics->isEnabled());
        QCOMPARE(tabs->currentTab(), LowerTabs::ChartsTab);
    }

    void replaysTheOpenSessionAtAPaceThatPeopleChoose()
    {
        const auto window = shownWindow();
        window->openFile(m_recorded);
        QTRY_VERIFY_WITH_TIMEOUT(window->view()->model()->rowCount() > 200, patienceMs);
        const int recorded = window->view()->model()->rowCount();
        QVERIFY(!window->replayBar()->isVisible());
        window->actions()->replay->trigger();
        auto* dialog = window->findChild<ReplayDialog*>();
        QVERIFY(dialog && !dialog->isModal());
        dialog->findChild<QComboBox*>()->setCurrentIndex(0); // 0.1: it does not end by itself meanwhile
        QTest::mouseClick(buttonNamed(*dialog, QStringLiteral("&Replay")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(buttonNamed(*window, QStringLiteral("Hold replay")), patienceMs);
        QVERIFY2(window->windowTitle().contains(QStringLiteral("REPLAY of")), qPrintable(window->windowTitle()));

        QTest::mouseClick(buttonNamed(*window, QStringLiteral("Hold replay")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(buttonNamed(*window, QStringLiteral("Resume replay")), patienceMs);
        QSignalSpy states(window->desk(), &SessionDesk::replayChanged);
        QTest::mouseClick(buttonNamed(*window, QStringLiteral("Step")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(states.count() > 0, patienceMs);
        const quint64 stood = qvariant_cast<ReplayState>(states.last().first()).frame;
        states.clear();
        QTest::mouseClick(buttonNamed(*window, QStringLiteral("Step")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(
            states.count() > 0 && qvariant_cast<ReplayState>(states.last().first()).frame == stood + 1, patienceMs);

        auto* speed = window->replayBar()->findChild<QComboBox*>();
        Q_EMIT speed->activated((speed->setCurrentIndex(speed->count() - 1), speed->count() - 1));
        QTest::mouseClick(buttonNamed(*window, QStringLiteral("Resume replay")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!window->desk()->isRunning(), patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(window->view()->model()->rowCount(), recorded, patienceMs);
        const auto sentences = window->statusBar()->findChildren<Sentence*>();
        QVERIFY(std::any_of(sentences.begin(), sentences.end(),
                            [](const Sentence* sentence) { return sentence->text() == QStringLiteral("REPLAY"); }));

        const QString path = window->desk()->path(); // opened again, it is still a replay
        QVERIFY(path != m_recorded);
        window->desk()->close();
        QVERIFY(!window->replayBar()->isVisible());
        window->openFile(path);
        QTRY_VERIFY_WITH_TIMEOUT(window->desk()->isReplay() && window->replayBar()->isVisible(), patienceMs);
    }

    void offersWhatKilledRecordingsLeft()
    {
        using namespace framescope::test;
        qputenv("XDG_DATA_HOME", m_home.filePath(QStringLiteral("share")).toLocal8Bit());
        // As the recording programs have it: keys and anchors are this computer's.
        qputenv("XDG_CONFIG_HOME", m_home.filePath(QStringLiteral("xdg_config_home")).toLocal8Bit());
        qputenv("XDG_STATE_HOME", m_home.filePath(QStringLiteral("xdg_state_home")).toLocal8Bit());
        const QString folder = m_home.filePath(QStringLiteral("xdg_state_home/framescope/sessions/"));
        const auto recordTo = [&](const char* name) {
            return QStringList{QStringLiteral("record"),    QStringLiteral("--demo"),          QStringLiteral("--rate"),
                               QStringLiteral("1000"),      QStringLiteral("--jsonl"),         QStringLiteral("-"),
                               QStringLiteral("--session"), folder + QString::fromLatin1(name)};
        };
        CliProcess goesOn(m_home.path(), recordTo("running.framescope"));
        CliProcess killed(m_home.path(), recordTo("killed.framescope"));
        QVERIFY(goesOn.waitForOutputLines(1) && killed.waitForOutputLines(1'000));
        // What was never signed does not verify.
        const auto isSigned = [path = folder + QStringLiteral("killed.framescope")] {
            const Expected<AuditHead> head = readAuditHead(path);
            return head && head->checkpoint > 0;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isSigned(), patienceMs);
        killed.signal(SIGKILL);
        QVERIFY(killed.waitForEnd());
        for (const char* name : {"second.framescope", "third.framescope"}) {
            for (const char* suffix : {"", "-wal"})
                QVERIFY(QFile::copy(folder + QStringLiteral("killed.framescope") + QLatin1String(suffix),
                                    folder + QLatin1String(name) + QLatin1String(suffix)));
        }
        const auto window = shownWindow();
        window->lookForInterrupted();
        QTRY_COMPARE_WITH_TIMEOUT(window->recoveryBar()->offered(), std::size_t(3), patienceMs);
        QVERIFY(window->recoveryBar()->isVisible() && !QApplication::activeModalWidget());

        QTest::mouseClick(buttonNamed(*window, QStringLiteral("Open a copy")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(window->desk()->path().endsWith(QStringLiteral("-copy.framescope")), patienceMs);
        const QString original = window->desk()->path().replace(QStringLiteral("-copy."), QStringLiteral("."));
        QVERIFY(QFileInfo::exists(original + QStringLiteral("-wal"))); // as it was found
        const Outcome verified = runCli(m_home.path(), {QStringLiteral("verify"), original});
        QVERIFY2(verified.exitCode == 0, verified.out.constData()); // the copy's entry is none that it lacks

        QTest::mouseClick(buttonNamed(*window, QStringLiteral("Recover")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(window->recoveryBar()->offered(), std::size_t(1), patienceMs);
        const QString recovered = window->desk()->path();
        QVERIFY(!QFileInfo::exists(recovered + QStringLiteral("-wal")));
        const auto reader = SessionReader::open(recovered);
        const auto extent = (*reader)->extent();
        QVERIFY(extent && extent->frames > 500);
        const auto last = (*reader)->events(extent->lastSeq, extent->lastSeq, 1);
        QVERIFY(last && !last->empty());
        QCOMPARE(last->front().action, AuditAction::SessionRecovered);

        QTest::mouseClick(buttonNamed(*window, QStringLiteral("Discard…")), Qt::LeftButton);
        auto* question = window->findChild<QMessageBox*>();
        QVERIFY(question);
        QTest::mouseClick(buttonNamed(*question, QStringLiteral("Move to trash")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(window->recoveryBar()->offered(), std::size_t(0), patienceMs);
        QVERIFY(!window->recoveryBar()->isVisible());
        QVERIFY(!QDir(m_home.filePath(QStringLiteral("share/Trash/files"))).isEmpty()); // there, and nowhere else
        const QFileDevice::Permissions others = QFileDevice::ReadGroup | QFileDevice::ReadOther;
        QVERIFY(!(QFile::permissions(m_home.filePath(QStringLiteral("share/Trash"))) & others));

        QSignalSpy looked(window->recoveryBar(), &RecoveryBar::looked);
        window->lookForInterrupted(); // the original of the copy is still as it was found
        QTRY_COMPARE_WITH_TIMEOUT(looked.count(), 1, patienceMs);
        QCOMPARE(looked.first().first().toInt(), 1);
    }

    void closesASessionToTheStartPage()
    {
        const auto window = shownWindow();
        window->startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(window->view()->model()->rowCount() > 0, patienceMs);
        QTest::keyClick(window.get(), Qt::Key_W, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(window->desk()->isEmpty(), patienceMs);
        QTRY_VERIFY(buttonNamed(*window, QStringLiteral("Try the demo")));
        QCOMPARE(window->view()->model()->rowCount(), 0);
    }

    void waitsForWhatIsMarkedWhileItCloses()
    {
        auto window = shownWindow();
        window->startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(window->view()->model()->rowCount() > 30, patienceMs);
        const QString path = window->desk()->path();
        MarkBook* marks = window->view()->marks();
        marks->blockSignals(true); // as if it came too late for the session that ends
        marks->toggle({{7, 7}});
        marks->blockSignals(false);
        HideWatch watch([&] { return (*(*SessionReader::open(path))->marks())->isMarked(7); });
        window->installEventFilter(&watch);
        window->close();
        QTRY_VERIFY_WITH_TIMEOUT(watch.answer, patienceMs);
        QVERIFY(*watch.answer);
    }

    void anExportThatEndsWhenTheFileIsClosedIsInItsLog()
    {
        const auto window = shownWindow();
        window->startDemo();
        QTRY_VERIFY_WITH_TIMEOUT(window->view()->model()->rowCount() > 30, patienceMs);
        const QString path = window->desk()->path();
        window->desk()->stop();
        const QDeadlineTimer deadline(patienceMs);
        while (SessionLock::isHeld(path) && !deadline.hasExpired())
            QThread::yieldCurrentThread(); // no event is delivered here: the window has not heard of it
        QVERIFY(window->desk()->isRunning());
        window->desk()->recordEvent(auditEvent(AuditAction::Exported, Severity::Note, QStringLiteral("late.csv")));
        QTRY_VERIFY_WITH_TIMEOUT(!window->desk()->isRunning() && !window->desk()->isAdding(), patienceMs);
        const auto reader = SessionReader::open(path);
        QVERIFY(reader);
        const quint64 last = (*reader)->extent()->lastSeq;
        const auto events = (*reader)->events(last, last, 1);
        QVERIFY(events && !events->empty());
        QCOMPARE(events->front().action, AuditAction::Exported);
        QCOMPARE(events->front().object, QByteArray("late.csv"));
    }

    void aFileThatIsNoSessionIsSaidInPlace()
    {
        const QString path = m_home.filePath(QStringLiteral("no.framescope"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not a session");
        file.close();
        const auto window = shownWindow();
        QSignalSpy failed(window->desk(), &SessionDesk::failed);
        window->openFile(path);
        QTRY_VERIFY_WITH_TIMEOUT(failed.count() > 0, patienceMs);
        QVERIFY(!QApplication::activeModalWidget());
    }

    void remembersItsLayoutUnderTheStateDirectory()
    {
        {
            const auto window = shownWindow();
            window->close();
        }
        QVERIFY(WindowMemory::path().startsWith(m_home.path()));
        QVERIFY(QFile::exists(WindowMemory::path()));
        QVERIFY(!WindowMemory::state(QStringLiteral("window")).isEmpty());
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
