/// The connection dialog: what keeps a profile from connecting is said in place, and a secret goes nowhere but to
/// memory or the keyring.
#include "ui/common/errorwords.h"
#include "ui/common/theme.h"
#include "ui/connection/browsersignin.h"
#include "ui/connection/connectiondialog.h"
#include "ui/connection/connectionform.h"
#include "ui/connection/redactionedit.h"
#include "ui/connection/topicchooser.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;

namespace {

const QString canary = QStringLiteral("s3cret-canary-4711");

QLineEdit* fieldNamed(QWidget& dialog, const QString& name)
{
    for (QLineEdit* field : dialog.findChildren<QLineEdit*>()) {
        if (field->accessibleName() == name)
            return field;
    }
    return nullptr;
}

bool anyFileContains(const QString& folder, const QByteArray& text)
{
    QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(text))
            return true;
    }
    return false;
}

} // namespace

class TestConnectionDialog : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<ProfileStore> m_store;

    void fillIn(ConnectionDialog& dialog)
    {
        fieldNamed(dialog, QStringLiteral("Name"))->setText(QStringLiteral("Contact centre"));
        fieldNamed(dialog, QStringLiteral("Stream URL"))->setText(QStringLiteral("ws://127.0.0.1:9/stream"));
        fieldNamed(dialog, QStringLiteral("Token URL"))->setText(QStringLiteral("http://127.0.0.1:9/token"));
        fieldNamed(dialog, QStringLiteral("Client id"))->setText(QStringLiteral("client"));
        fieldNamed(dialog, QStringLiteral("Client secret"))->setText(canary);
    }

private Q_SLOTS:
    void initTestCase()
    {
        Theme::install(*qApp, ColorScheme::Light);
        if (!ProfileStore::keyringName().isEmpty())
            QSKIP("A keyring answers here: nothing of a test belongs into it.");
    }
    void init()
    {
        QFile::remove(m_folder.filePath(QStringLiteral("profiles.ini")));
        m_store = std::make_unique<ProfileStore>(m_folder.filePath(QStringLiteral("profiles.ini")));
    }

    void saysThatNoKeyringKeepsTheSecret()
    {
        const ConnectionDialog dialog(m_store.get());
        QVERIFY(dialog.keyringNotice().contains(QStringLiteral("memory only")));
    }

    void offersAllRegions()
    {
        ConnectionDialog dialog(m_store.get());
        const auto boxes = dialog.findChildren<QComboBox*>();
        const auto isRegion = [](const QComboBox* box) { return box->accessibleName() == QStringLiteral("Region"); };
        const auto region = std::find_if(boxes.begin(), boxes.end(), isRegion);
        QVERIFY(region != boxes.end());
        QVERIFY((*region)->count() >= 18); // and a person's own
        QVERIFY(fieldNamed(dialog, QStringLiteral("Stream URL"))
                    ->placeholderText()
                    .startsWith(QStringLiteral("wss://api.")));
    }

    void neverWritesTheSecretToAFile()
    {
        ConnectionDialog dialog(m_store.get());
        fillIn(dialog);
        QCOMPARE(fieldNamed(dialog, QStringLiteral("Client secret"))->echoMode(), QLineEdit::Password);
        QVERIFY(dialog.saveProfile());
        QVERIFY(fieldNamed(dialog, QStringLiteral("Client secret"))->text().isEmpty());
        QTRY_VERIFY(dialog.resultText().contains(QStringLiteral("memory only")));
        QVERIFY(anyFileContains(m_folder.path(), "client"));
        QVERIFY(!anyFileContains(m_folder.path(), canary.toUtf8()));
        for (const QLabel* label : dialog.findChildren<QLabel*>())
            QVERIFY(!label->text().contains(canary));
    }

    void connectsWithTheSecretThatWasSavedBefore()
    {
        ConnectionDialog dialog(m_store.get());
        fillIn(dialog);
        QVERIFY(dialog.saveProfile());
        ConnectionDialog again(m_store.get());
        QSignalSpy spy(&again, &ConnectionDialog::connectRequested);
        again.selectProfile(QStringLiteral("Contact centre"));
        QVERIFY(fieldNamed(again, QStringLiteral("Client secret"))->text().isEmpty());
        again.connectNow();
        QTRY_COMPARE(spy.size(), 1);
        const auto config = spy[0][0].value<SessionConfig>();
        QCOMPARE(config.stream.url, QUrl(QStringLiteral("ws://127.0.0.1:9/stream")));
        QVERIFY(config.stream.credentials->clientSecret.reveal() == canary.toUtf8());
    }

    void redactionRulesAreSavedAndTheirFaultsShown()
    {
        ConnectionDialog dialog(m_store.get());
        fillIn(dialog);
        auto* rules = dialog.findChild<RedactionEdit*>();
        auto* lines = rules->findChild<QPlainTextEdit*>();
        const auto* problem = rules->findChild<QLabel*>();
        QVERIFY(!rules->isVisibleTo(&dialog));
        for (QComboBox* box : dialog.findChildren<QComboBox*>()) {
            if (box->accessibleName() == QStringLiteral("Payloads"))
                box->setCurrentIndex(2);
        }
        QVERIFY(rules->isVisibleTo(&dialog));
        QVERIFY(!dialog.saveProfile()); // no rule yet
        lines->setPlainText(QStringLiteral("phone=/a/*/b\nname=c"));
        QVERIFY(problem->isVisibleTo(rules));
        QVERIFY2(problem->text().contains(QStringLiteral("line 2")), qPrintable(problem->text()));
        QVERIFY(!dialog.saveProfile());
        QVERIFY(dialog.resultText().contains(QStringLiteral("line 2")));
        lines->setPlainText(QStringLiteral("phone=/a/*/b\nname=/c"));
        QVERIFY(!problem->isVisibleTo(rules));
        QVERIFY(dialog.saveProfile());
        ConnectionDialog again(m_store.get());
        QSignalSpy spy(&again, &ConnectionDialog::connectRequested);
        again.selectProfile(QStringLiteral("Contact centre"));
        again.connectNow();
        QTRY_COMPARE(spy.size(), 1);
        const auto config = spy[0][0].value<SessionConfig>();
        QVERIFY(config.payloads == PayloadPolicy::Redacted);
        QCOMPARE(config.redaction.toLines(), QByteArray("phone=/a/*/b\nname=/c\n"));
    }

    void limitsOfRetentionAreSavedAndTheirFaultsShown()
    {
        ConnectionDialog dialog(m_store.get());
        fillIn(dialog);
        auto* age = fieldNamed(dialog, QStringLiteral("Keep payloads for"));
        age->setText(QStringLiteral("7 years"));
        QVERIFY(!dialog.saveProfile());
        QVERIFY2(dialog.resultText().contains(QStringLiteral("7 d")), qPrintable(dialog.resultText()));
        age->setText(QStringLiteral("7 d"));
        fieldNamed(dialog, QStringLiteral("Keep payloads up to"))->setText(QStringLiteral("2 GiB"));
        QVERIFY(dialog.saveProfile());
        ConnectionDialog again(m_store.get());
        QSignalSpy spy(&again, &ConnectionDialog::connectRequested);
        again.selectProfile(QStringLiteral("Contact centre"));
        QCOMPARE(fieldNamed(again, QStringLiteral("Keep payloads up to"))->text(), QStringLiteral("2 GiB"));
        again.connectNow();
        QTRY_COMPARE(spy.size(), 1);
        const auto config = spy[0][0].value<SessionConfig>();
        QVERIFY(config.retention == (PayloadRetention{std::chrono::hours(7 * 24), 2ULL << 30, 0}));
    }

    void asksForASecretThatNobodyKnows()
    {
        ConnectionDialog dialog(m_store.get());
        fillIn(dialog);
        fieldNamed(dialog, QStringLiteral("Client secret"))->clear();
        QSignalSpy spy(&dialog, &ConnectionDialog::connectRequested);
        dialog.connectNow();
        QTRY_VERIFY(dialog.resultText().contains(QStringLiteral("Enter the client secret")));
        QCOMPARE(spy.size(), 0);
    }

    void refusesPlainTextToOtherHosts_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("isAllowed");
        QTest::newRow("wss") << QStringLiteral("wss://example.org/x") << true;
        QTest::newRow("loopback") << QStringLiteral("ws://127.0.0.1:1/x") << true;
        QTest::newRow("localhost") << QStringLiteral("ws://localhost:1/x") << true;
        QTest::newRow("plain") << QStringLiteral("ws://example.org/x") << false;
        QTest::newRow("looks like loopback") << QStringLiteral("ws://127.example.org/x") << false;
        QTest::newRow("https") << QStringLiteral("https://example.org/x") << false;
        QTest::newRow("no host") << QStringLiteral("wss:///x") << false;
    }

    void refusesPlainTextToOtherHosts()
    {
        QFETCH(QString, url);
        Profile profile;
        profile.signIn = false;
        profile.url = QUrl(url);
        QTEST(profileProblem(profile).isEmpty(), "isAllowed");
    }

    void saysInPlaceWhatIsWrong()
    {
        ConnectionDialog dialog(m_store.get());
        fillIn(dialog);
        fieldNamed(dialog, QStringLiteral("Stream URL"))->setText(QStringLiteral("ws://example.org/x"));
        QVERIFY(!dialog.saveProfile());
        QVERIFY(dialog.resultText().contains(QStringLiteral("wss://")));
        fieldNamed(dialog, QStringLiteral("Name"))->clear();
        QVERIFY(!dialog.saveProfile());
        QVERIFY(dialog.resultText().contains(QStringLiteral("name")));
    }

    void asksForWhatNotificationsNeedAndNothingElse()
    {
        Profile profile;
        profile.name = QStringLiteral("Topics");
        profile.kind = ProfileKind::Notifications;
        profile.gateway = QUrl(QStringLiteral("http://127.0.0.1:9"));
        profile.clientId = QStringLiteral("client");
        profile.topics = {QStringLiteral("v2.users.6513270e-269e-4d37-b2a7-4de452e6b438.presence")};
        profile.maskPersonal = true;
        QVERIFY(m_store->save(profile));
        ConnectionDialog dialog(m_store.get());
        dialog.show();
        dialog.selectProfile(profile.name);
        QVERIFY(!fieldNamed(dialog, QStringLiteral("Stream URL"))->isVisible());
        QVERIFY(fieldNamed(dialog, QStringLiteral("Gateway URL"))->isVisible());
        QVERIFY(fieldNamed(dialog, QStringLiteral("Client secret"))->isVisible());
        QCOMPARE(dialog.topics()->chosen(), profile.topics);
        QSignalSpy spy(&dialog, &ConnectionDialog::connectRequested);
        fieldNamed(dialog, QStringLiteral("Client secret"))->setText(canary);
        dialog.connectNow();
        QCOMPARE(spy.size(), 1);
        const auto config = spy[0][0].value<SessionConfig>();
        QVERIFY(config.notifications);
        QVERIFY(config.maskPersonal);
        QCOMPARE(config.notifications->topics.size(), std::size_t(1));
        QVERIFY(config.notifications->credentials->clientSecret.reveal() == canary.toUtf8());
        dialog.topics()->setChosen({});
        dialog.connectNow();
        QCOMPARE(spy.size(), 1);
        QVERIFY(dialog.resultText().contains(QStringLiteral("topic")));
    }

    void aGatewayInPlainTextIsForThisMachineOnly()
    {
        Profile profile;
        profile.kind = ProfileKind::Notifications;
        profile.clientId = QStringLiteral("client");
        profile.gateway = QUrl(QStringLiteral("http://gateway.example.org"));
        QVERIFY(profileProblem(profile).contains(QStringLiteral("https://")));
        profile.gateway = QUrl(QStringLiteral("http://127.0.0.1:8080"));
        QVERIFY(profileProblem(profile).isEmpty());
    }

    void waitsForThePersonVisiblyAndCanBeCancelled()
    {
        BrowserSignIn line;
        QUrl opened;
        line.setOpener([&opened](const QUrl& url) {
            opened = url;
            return true;
        });
        PkceRequest request;
        request.hosts = *GenesysHosts::fromGateway(QUrl(QStringLiteral("http://127.0.0.1:9")));
        request.clientId = QStringLiteral("client");
        std::optional<Expected<AccessToken>> outcome;
        line.start(request, [&outcome](const Expected<AccessToken>& token) { outcome = token; });
        QVERIFY(line.isWaiting());
        QVERIFY(opened.toString().startsWith(QStringLiteral("http://127.0.0.1:9/oauth/authorize")));
        QVERIFY(line.text().contains(QStringLiteral("Waiting")));
        line.cancel();
        QVERIFY(outcome);
        QVERIFY(!*outcome);
        QCOMPARE(outcome->error().code, ErrorCode::Cancelled);
        QVERIFY(!line.isWaiting());
    }

    void putsErrorsIntoWords()
    {
        const Error error{ErrorCode::ScopeMissing, QStringLiteral("HTTP 403"), QStringLiteral("wss://h/p")};
        QVERIFY(errorSentence(error).contains(QStringLiteral("HTTP 403")));
        QVERIFY(errorSentence(error).contains(QStringLiteral("scope")));
    }

    void reachesEveryFieldByKeyboard()
    {
        ConnectionDialog dialog(m_store.get());
        for (const QLabel* label : dialog.findChildren<QLabel*>()) {
            if (label->text().contains(QLatin1Char('&')))
                QVERIFY2(label->buddy(), qPrintable(label->text()));
        }
    }
};

QTEST_MAIN(TestConnectionDialog)
#include "tst_connectiondialog.moc"
