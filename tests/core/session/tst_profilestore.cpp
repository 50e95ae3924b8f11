// Profiles: kept in settings without their secrets, read back, tried out once.
#include "core/session/profilestore.h"

#include "core/session/retentionwords.h"

#include "tests/support/rawwebsocketserver.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;
using namespace framescope::test;

class tst_ProfileStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void knowsAllRegions();
    void regionFillsTheUrls();
    void savedProfilesComeBack();
    void namesMayBeAnything_data();
    void namesMayBeAnything();
    void limitsOfRetentionComeBackOrAreRefused();
    void rulesOfRedactionComeBackOrAreRefused();
    void missingProfileIsNotFound();
    void refusesWhatCouldNeverConnect();
    void removedProfilesAreGone();
    void secretsNeverReachTheFile();
    void withoutAKeyringMemoryHoldsTheSecretAndSaysSo();
    void corruptFileIsSetAside_data();
    void corruptFileIsSetAside();
    void livesUnderXdgConfigHome();
    void relativeXdgConfigHomeIsIgnored();
    void theFileIsForItsOwnerOnly();
    void unwritableFolderIsAnError();
    void sessionConfigCarriesEverything();
    void testSignsInOpensOnceAndCloses();
    void testTellsAWrongSecret();
    void testTellsAMissingStream();

    void notificationProfilesComeBack();
    void notificationProfilesNeedARegionOrGateway();
    void notificationConfigFollowsFromTheProfile();
    void personsProfileHoldsNoCredentials();
    void ownRegionsFollowTheBuiltInOnes();
    void testOfNotificationsCountsTopics();
    void testOfNotificationsTellsWhatIsMissing();

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(QStringLiteral("profiles.ini")); }
    [[nodiscard]] static Profile sample(const QString& name = QStringLiteral("Support"));

    std::unique_ptr<QTemporaryDir> m_folder;
};

void tst_ProfileStore::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:"); // never the keyring of the person who runs this
    qunsetenv("XDG_CONFIG_HOME");
    qputenv("HOME", m_folder->path().toLocal8Bit());
}

Profile tst_ProfileStore::sample(const QString& name)
{
    Profile profile;
    profile.name = name;
    profile.region = QStringLiteral("mypurecloud.de");
    profile.url = QUrl(QStringLiteral("wss://api.mypurecloud.de/other?x=%2B1"));
    profile.clientId = QStringLiteral("client-é-\"1\"");
    profile.scope = QStringLiteral("a b");
    profile.caFile = QStringLiteral("/etc/my ca.pem");
    profile.signIn = true;
    return profile;
}

void tst_ProfileStore::knowsAllRegions()
{
    QSet<QString> domains;
    QSet<QString> awsNames;
    for (const Region& region : ProfileStore::regions()) {
        QVERIFY(!region.name.isEmpty());
        domains.insert(region.domain);
        awsNames.insert(region.awsName);
    }
    QCOMPARE(domains.size(), 18);
    QCOMPARE(awsNames.size(), 18);
    QCOMPARE(ProfileStore::regions().front().domain, QStringLiteral("mypurecloud.com"));
    QVERIFY(domains.contains(QStringLiteral("edee1.eusc-pure.cloud")));
}

void tst_ProfileStore::regionFillsTheUrls()
{
    Profile profile;
    profile.region = QStringLiteral("mypurecloud.ie");
    QCOMPARE(profile.effectiveUrl().toString(),
             QStringLiteral("wss://api.mypurecloud.ie/api/v2/streaming/interactions"));
    QCOMPARE(profile.effectiveTokenUrl().toString(), QStringLiteral("https://login.mypurecloud.ie/oauth/token"));
}

void tst_ProfileStore::savedProfilesComeBack()
{
    {
        ProfileStore store(path());
        QCOMPARE(store.names(), QStringList());
        QVERIFY(store.save(sample()).has_value());
        Profile other = sample(QStringLiteral("another"));
        other.signIn = false;
        other.url = {};
        QVERIFY(store.save(other).has_value());
    }
    ProfileStore store(path());
    QCOMPARE(store.names(), QStringList({QStringLiteral("another"), QStringLiteral("Support")}));
    const Expected<Profile> back = store.profile(QStringLiteral("Support"));
    QVERIFY(back.has_value());
    QCOMPARE(back->name, sample().name);
    QCOMPARE(back->region, sample().region);
    QCOMPARE(back->url, sample().url);
    QVERIFY(back->tokenUrl.isEmpty());
    QCOMPARE(back->clientId, sample().clientId);
    QCOMPARE(back->scope, sample().scope);
    QCOMPARE(back->caFile, sample().caFile);
    QVERIFY(back->signIn);
    QVERIFY(!store.profile(QStringLiteral("another"))->signIn);
}

void tst_ProfileStore::namesMayBeAnything_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"a/b", "..", "100%", "[x]", "a=b;c", "Zo\xc3\xab \xc2\xb7 \xf0\x9f\x98\x80", " spaced ",
                             "General", "\\", "name\nline"})
        QTest::newRow(QByteArray(name).toHex().constData()) << QString::fromUtf8(name);
}

void tst_ProfileStore::namesMayBeAnything()
{
    QFETCH(const QString, name);
    {
        ProfileStore store(path());
        QVERIFY(store.save(sample(name)).has_value());
    }
    ProfileStore store(path());
    QCOMPARE(store.names(), QStringList(name));
    QCOMPARE(store.profile(name)->clientId, sample().clientId);
}

void tst_ProfileStore::limitsOfRetentionComeBackOrAreRefused()
{
    Profile profile = sample(QStringLiteral("kept"));
    profile.retention = {std::chrono::hours(8), 5'000'000'000, 100'000};
    QVERIFY(ProfileStore(path()).save(profile));
    const auto read = ProfileStore(path()).profile(profile.name);
    QVERIFY(read && read->retention == profile.retention);
    QVERIFY(ProfileStore::sessionConfig(*read, Secret()).retention == profile.retention);
    {
        QSettings settings(path(), QSettings::IniFormat);
        settings.setValue(QStringLiteral("profile-") + QString::fromLatin1(profile.name.toUtf8().toHex()) +
                              QStringLiteral("/keepPayloadBytes"),
                          QStringLiteral("much"));
    }
    QVERIFY(ProfileStore(path()).profile(profile.name).error().code == ErrorCode::Parse);

    QCOMPARE(retentionAgeOf(QStringLiteral("90")).value().count(), 90);
    QCOMPARE(retentionAgeOf(QStringLiteral("1.5 h")).value().count(), 5'400);
    QCOMPARE(retentionAgeOf(QStringLiteral("7D")).value().count(), 7 * 86'400);
    QCOMPARE(retentionBytesOf(QStringLiteral("2GiB")).value(), 2ULL << 30);
    QCOMPARE(retentionBytesOf(QStringLiteral("500 MB")).value(), 500'000'000u);
    QCOMPARE(retentionFramesOf(QStringLiteral("100,000")).value(), 100'000u);
    for (const char* wrong : {"", "0", "-1 d", "d", "1 y", "1e9999", "99999 d"})
        QVERIFY2(!retentionAgeOf(QString::fromLatin1(wrong)), wrong);
    for (const char* wrong : {"", "0", "1 kB", "GiB", "1 XB", "9999999999 TB"})
        QVERIFY2(!retentionBytesOf(QString::fromLatin1(wrong)), wrong);
    for (const char* wrong : {"", "0", "1.5", "many", "1 k"})
        QVERIFY2(!retentionFramesOf(QString::fromLatin1(wrong)), wrong);
    QCOMPARE(retentionText(std::chrono::minutes(90)), QStringLiteral("90 min"));
    QCOMPARE(retentionBytesText(3ULL << 30), QStringLiteral("3 GiB"));
    QCOMPARE(retentionBytesText(0), QString());
}

/// A profile whose rules are lost must not connect as if it had none.
void tst_ProfileStore::rulesOfRedactionComeBackOrAreRefused()
{
    Profile profile = sample(QStringLiteral("redacted"));
    profile.payloads = PayloadPolicy::Redacted;
    QVERIFY(!ProfileStore(path()).save(profile));
    profile.redaction = RedactionRules::fromLines("phone=/a/*/b\nname@v2.users.*=/c \"d\"").value();
    QVERIFY(ProfileStore(path()).save(profile));
    const auto read = ProfileStore(path()).profile(profile.name);
    QVERIFY(read && read->payloads == PayloadPolicy::Redacted && read->redaction == profile.redaction);
    const SessionConfig config = ProfileStore::sessionConfig(*read, Secret());
    QVERIFY(config.payloads == PayloadPolicy::Redacted && config.redaction == profile.redaction);
    const QString key = QStringLiteral("profile-") + QString::fromLatin1(profile.name.toUtf8().toHex());
    for (const auto& [member, value] : {std::pair{"/redaction", "{\"rules\":[{}]}"}, std::pair{"/redaction", ""},
                                        std::pair{"/payloads", "censored"}}) {
        QVERIFY(ProfileStore(path()).save(profile));
        {
            QSettings settings(path(), QSettings::IniFormat);
            settings.setValue(key + QLatin1String(member), QString::fromLatin1(value));
        }
        const auto broken = ProfileStore(path()).profile(profile.name);
        QVERIFY(!broken);
        QVERIFY(broken.error().code == ErrorCode::Parse);
    }
}

void tst_ProfileStore::missingProfileIsNotFound()
{
    ProfileStore store(path());
    const Expected<Profile> none = store.profile(QStringLiteral("nobody"));
    QVERIFY(!none);
    QCOMPARE(none.error().code, ErrorCode::NotFound);
}

void tst_ProfileStore::refusesWhatCouldNeverConnect()
{
    ProfileStore store(path());
    Profile profile = sample(QStringLiteral("  "));
    QCOMPARE(store.save(profile).error().code, ErrorCode::InvalidArgument);
    profile = sample(QString(500, QLatin1Char('x')));
    QCOMPARE(store.save(profile).error().code, ErrorCode::InvalidArgument);
    profile = sample();
    profile.url = QUrl(QStringLiteral("ws://api.mypurecloud.de/"));
    QCOMPARE(store.save(profile).error().code, ErrorCode::Refused);
    profile = sample();
    profile.tokenUrl = QUrl(QStringLiteral("http://login.mypurecloud.de/"));
    QCOMPARE(store.save(profile).error().code, ErrorCode::Refused);
    profile.signIn = false; // then nothing goes there
    QVERIFY(store.save(profile).has_value());
}

void tst_ProfileStore::removedProfilesAreGone()
{
    ProfileStore store(path());
    QVERIFY(store.save(sample()).has_value());
    store.remove(QStringLiteral("Support"));
    QCOMPARE(store.names(), QStringList());
    QCOMPARE(ProfileStore(path()).names(), QStringList());
}

void tst_ProfileStore::secretsNeverReachTheFile()
{
    ProfileStore store(path());
    QVERIFY(store.save(sample()).has_value());
    bool done = false;
    store.storeSecret(QStringLiteral("Support"), Secret("canary-48151623"),
                      [&](const Expected<void>&) { done = true; });
    QTRY_VERIFY(done);
    QVERIFY(store.save(sample()).has_value());
    const QDir folder(m_folder->path());
    for (const QFileInfo& info : folder.entryInfoList(QDir::Files | QDir::Hidden)) {
        QFile file(info.filePath());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("canary"));
    }
}

void tst_ProfileStore::withoutAKeyringMemoryHoldsTheSecretAndSaysSo()
{
    QCOMPARE(ProfileStore::keyringName(), QString());
    std::optional<Expected<Secret>> read;
    {
        ProfileStore store(path());
        std::optional<Expected<void>> written;
        store.storeSecret(QStringLiteral("p"), Secret("kept-in-memory"),
                          [&](Expected<void> outcome) { written = outcome; });
        QVERIFY(!written); // later
        QTRY_VERIFY(written);
        QCOMPARE(written->error().code, ErrorCode::Keychain);
        store.loadSecret(QStringLiteral("p"), [&](Expected<Secret> outcome) { read = outcome; });
        QTRY_VERIFY(read);
        QCOMPARE((*read)->reveal(), QByteArray("kept-in-memory"));
    }
    ProfileStore another(path());
    read.reset();
    another.loadSecret(QStringLiteral("p"), [&](Expected<Secret> outcome) { read = outcome; });
    QTRY_VERIFY(read);
    QCOMPARE(read->error().code, ErrorCode::Keychain);
}

void tst_ProfileStore::corruptFileIsSetAside_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("binary") << QByteArray("\x7f"
                                          "ELF\0\0\0\1",
                                          8);
    QTest::newRow("no INI") << QByteArray("{\"profiles\": 1\n}\n");
    QTest::newRow("cut group") << QByteArray("[profile-41\nregion=x\n");
}

void tst_ProfileStore::corruptFileIsSetAside()
{
    QFETCH(const QByteArray, content);
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
    file.close();
    ProfileStore store(path());
    QCOMPARE(store.names(), QStringList());
    QVERIFY(store.save(sample()).has_value());
    QCOMPARE(ProfileStore(path()).names(), QStringList(QStringLiteral("Support")));
    const QStringList aside = QDir(m_folder->path()).entryList({QStringLiteral("profiles.ini.corrupt-*")});
    QCOMPARE(aside.size(), 1);
    QFile kept(m_folder->filePath(aside.front()));
    QVERIFY(kept.open(QIODevice::ReadOnly));
    QCOMPARE(kept.readAll(), content);
}

void tst_ProfileStore::livesUnderXdgConfigHome()
{
    qputenv("XDG_CONFIG_HOME", m_folder->filePath(QStringLiteral("conf")).toLocal8Bit());
    ProfileStore store;
    QVERIFY(store.save(sample()).has_value());
    QVERIFY(QFile::exists(m_folder->filePath(QStringLiteral("conf/framescope/profiles.ini"))));
}

void tst_ProfileStore::relativeXdgConfigHomeIsIgnored()
{
    qputenv("XDG_CONFIG_HOME", "conf");
    ProfileStore store;
    QVERIFY(store.save(sample()).has_value());
    QVERIFY(QFile::exists(m_folder->filePath(QStringLiteral(".config/framescope/profiles.ini"))));
    QVERIFY(!QFile::exists(QStringLiteral("conf")));
}

void tst_ProfileStore::theFileIsForItsOwnerOnly()
{
    ProfileStore store(path());
    QVERIFY(store.save(sample()).has_value());
    QVERIFY(
        !(QFile::permissions(path()) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther)));
}

void tst_ProfileStore::unwritableFolderIsAnError()
{
    QFile blocker(m_folder->filePath(QStringLiteral("file")));
    QVERIFY(blocker.open(QIODevice::WriteOnly));
    ProfileStore store(m_folder->filePath(QStringLiteral("file/profiles.ini")));
    const Expected<void> saved = store.save(sample());
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::Io);
}

void tst_ProfileStore::sessionConfigCarriesEverything()
{
    const SessionConfig config = ProfileStore::sessionConfig(sample(), Secret("hush-hush"));
    QCOMPARE(config.sourceName, QStringLiteral("Support"));
    QCOMPARE(config.stream.url, sample().url);
    QCOMPARE(config.stream.caFile, sample().caFile);
    QVERIFY(config.stream.credentials);
    QCOMPARE(config.stream.credentials->tokenUrl.host(), QStringLiteral("login.mypurecloud.de"));
    QCOMPARE(config.stream.credentials->clientId, sample().clientId);
    QCOMPARE(config.stream.credentials->clientSecret.reveal(), QByteArray("hush-hush"));
    QCOMPARE(config.stream.credentials->scope, QStringLiteral("a b"));
    QVERIFY(config.stream.reconnect);
    Profile open = sample();
    open.signIn = false;
    QVERIFY(!ProfileStore::sessionConfig(open, {}).stream.credentials);
}

namespace {

Profile localProfile(const RawWebSocketServer& server)
{
    Profile profile;
    profile.name = QStringLiteral("local");
    profile.url = server.streamUrl();
    profile.tokenUrl = server.httpUrl();
    profile.clientId = QStringLiteral("id");
    return profile;
}

std::optional<Expected<QString>> tryOut(ProfileStore& store, const Profile& profile)
{
    std::optional<Expected<QString>> answer;
    store.test(profile, Secret("a-secret"), [&](Expected<QString> outcome) { answer = std::move(outcome); });
    (void)QTest::qWaitFor([&] { return answer.has_value(); });
    return answer;
}

} // namespace

void tst_ProfileStore::testSignsInOpensOnceAndCloses()
{
    RawWebSocketServer server;
    server.onRequest = [](RawConnection& connection, int number) {
        if (number == 1)
            return connection.reply(200, R"({"access_token":"the-token","expires_in":60})");
        connection.acceptUpgrade();
        connection.sendText("not wanted");
    };
    ProfileStore store(path());
    const auto answer = tryOut(store, localProfile(server));
    QVERIFY(answer && answer->has_value());
    QCOMPARE(server.last()->header("Authorization"), QByteArray("Bearer the-token"));
    QTRY_VERIFY(!server.last()->frames().empty());
    QCOMPARE(server.last()->frames().back().opcode, CloseFrame);
    QTest::qWait(30);
    QCOMPARE(server.requests(), 2);
}

void tst_ProfileStore::testTellsAWrongSecret()
{
    RawWebSocketServer server;
    server.onRequest = [](RawConnection& connection, int) { connection.reply(401); };
    ProfileStore store(path());
    const auto answer = tryOut(store, localProfile(server));
    QVERIFY(answer && !answer->has_value());
    QCOMPARE(answer->error().code, ErrorCode::WrongCredentials);
}

void tst_ProfileStore::testTellsAMissingStream()
{
    RawWebSocketServer server;
    server.onRequest = [](RawConnection& connection, int) { connection.reply(404); };
    Profile profile = localProfile(server);
    profile.signIn = false;
    ProfileStore store(path());
    const auto answer = tryOut(store, profile);
    QVERIFY(answer && !answer->has_value());
    QVERIFY(!answer->error().detail.isEmpty());
}

namespace {

Profile notifications()
{
    Profile profile;
    profile.name = QStringLiteral("notes");
    profile.kind = ProfileKind::Notifications;
    profile.region = QStringLiteral("mypurecloud.de");
    profile.clientId = QStringLiteral("id");
    profile.topics = {QStringLiteral("v2.users.1?presence&activity"), QStringLiteral("v2.b, with; all=kinds")};
    profile.maskPersonal = true;
    profile.redirectPort = 18080;
    return profile;
}

/// Signs in, lists two kinds of topics, has one channel, makes another and rejects whatever holds "no".
void answerAsService(RawConnection& connection)
{
    const QByteArray method = connection.requestLine().split(' ').value(0);
    const QByteArray path = connection.requestLine().split(' ').value(1);
    if (path == "/oauth/token")
        return connection.reply(200, R"({"access_token":"the-token","expires_in":600})");
    if (path.contains("availabletopics"))
        return connection.reply(200, R"({"entities":[{"id":"a"},{"id":"b"}]})");
    if (path.contains("/subscriptions")) {
        QByteArray answer;
        for (const QJsonValue& topic : QJsonDocument::fromJson(connection.requestBody()).array()) {
            const QByteArray id = topic.toObject().value(QLatin1String("id")).toString().toUtf8();
            const bool no = id.contains("no");
            answer += QByteArray(answer.isEmpty() ? "" : ",") + R"({"id":")" + id + R"(","state":")" +
                      (no ? "Rejected" : "Permitted") + R"(","missingPermissions":[)" +
                      (no ? R"("routing:queue:view")" : "") + "]}";
        }
        return connection.reply(200, R"({"entities":[)" + answer + "]}");
    }
    if (method == "GET")
        return connection.reply(200, R"({"entities":[{"id":"x"}]})");
    connection.reply(200, R"({"id":"streaming-1-a","connectUri":"ws://127.0.0.1:9/channels/streaming-1-a"})");
}

Profile localNotifications(const RawWebSocketServer& server, const QStringList& topics)
{
    Profile profile = notifications();
    profile.gateway = QUrl(QStringLiteral("http://127.0.0.1:%1").arg(server.port()));
    profile.topics = topics;
    return profile;
}

} // namespace

void tst_ProfileStore::notificationProfilesComeBack()
{
    Profile person = notifications();
    person.name = QStringLiteral("person");
    person.personSignsIn = true;
    person.gateway = QUrl(QStringLiteral("https://gw.example.org/gc"));
    person.topics = {QStringLiteral("v2.only.one")};
    {
        ProfileStore store(path());
        QVERIFY(store.save(notifications()));
        QVERIFY(store.save(person));
        QVERIFY(store.save(sample()));
    }
    const ProfileStore store(path());
    const Profile back = store.profile(QStringLiteral("notes")).value();
    QCOMPARE(back.kind, ProfileKind::Notifications);
    QCOMPARE(back.topics, notifications().topics);
    QVERIFY(back.maskPersonal && !back.personSignsIn && back.gateway.isEmpty());
    QCOMPARE(back.redirectPort, quint16(18080));
    const Profile other = store.profile(QStringLiteral("person")).value();
    QVERIFY(other.personSignsIn);
    QCOMPARE(other.gateway, person.gateway);
    QCOMPARE(other.topics, person.topics);
    const Profile direct = store.profile(QStringLiteral("Support")).value();
    QVERIFY(direct.kind == ProfileKind::DirectStream && direct.topics.isEmpty() && !direct.maskPersonal);
}

void tst_ProfileStore::notificationProfilesNeedARegionOrGateway()
{
    ProfileStore store(path());
    Profile profile = notifications();
    profile.region = QStringLiteral("nowhere");
    QCOMPARE(store.save(profile).error().code, ErrorCode::InvalidArgument);
    profile.gateway = QUrl(QStringLiteral("http://192.0.2.1"));
    QCOMPARE(store.save(profile).error().code, ErrorCode::Refused);
    profile.gateway = QUrl(QStringLiteral("http://127.0.0.1:1"));
    QVERIFY(store.save(profile));
}

void tst_ProfileStore::notificationConfigFollowsFromTheProfile()
{
    const SessionConfig config = ProfileStore::sessionConfig(notifications(), Secret("hush-hush"));
    QVERIFY(config.notifications && config.maskPersonal);
    const NotificationConfig& own = *config.notifications;
    QCOMPARE(own.hosts.api.toString(), QStringLiteral("https://api.mypurecloud.de"));
    QCOMPARE(own.credentials->tokenUrl.toString(), QStringLiteral("https://login.mypurecloud.de/oauth/token"));
    QCOMPARE(own.credentials->scope, QString());
    QCOMPARE(own.credentials->clientSecret.reveal(), QByteArray("hush-hush"));
    QCOMPARE(own.topics.size(), 2u);
    QCOMPARE(own.topics[0], QByteArray("v2.users.1?presence&activity"));
    QCOMPARE(own.schemaCacheFolder, defaultSchemaCacheFolder());
    QVERIFY(!ProfileStore::sessionConfig(sample(), Secret("hush-hush")).notifications);
}

void tst_ProfileStore::personsProfileHoldsNoCredentials()
{
    Profile profile = notifications();
    profile.personSignsIn = true;
    const SessionConfig config = ProfileStore::sessionConfig(profile, Secret("hush-hush"));
    QVERIFY(!config.notifications->credentials && !config.notifications->token);
}

void tst_ProfileStore::ownRegionsFollowTheBuiltInOnes()
{
    {
        ProfileStore store(path());
        QVERIFY(store.save(sample()));
        QVERIFY(store.saveOwnRegions({{QStringLiteral("New one"), QStringLiteral("new1.pure.cloud"), {}}}));
        QCOMPARE(store.saveOwnRegions({{QStringLiteral("x"), QStringLiteral("no domain"), {}}}).error().code,
                 ErrorCode::InvalidArgument);
        QCOMPARE(store.names(), QStringList(QStringLiteral("Support")));
    }
    const std::vector<Region> all = ProfileStore::regions(path());
    QCOMPARE(all.size(), 19u);
    QCOMPARE(all.back().domain, QStringLiteral("new1.pure.cloud"));
    QCOMPARE(all.back().name, QStringLiteral("New one"));
    QVERIFY(ProfileStore(path()).saveOwnRegions({}));
    QCOMPARE(ProfileStore::regions(path()).size(), 18u);
}

void tst_ProfileStore::testOfNotificationsCountsTopics()
{
    RawWebSocketServer server;
    server.onRequest = [](RawConnection& connection, int) { answerAsService(connection); };
    ProfileStore store(path());
    const auto answer = tryOut(store, localNotifications(server, {QStringLiteral("v2.yes"), QStringLiteral("v2.no")}));
    QVERIFY(answer && answer->has_value());
    for (const char* words : {"2 kinds of topics", "2 of 20 channels", "1 permitted, 1 rejected", "routing:queue:view"})
        QVERIFY2((*answer)->contains(QLatin1String(words)), qPrintable(**answer));
    const auto none = tryOut(store, localNotifications(server, {}));
    QVERIFY(none && none->has_value() && (*none)->contains(QStringLiteral("No topic is chosen yet")));
}

void tst_ProfileStore::testOfNotificationsTellsWhatIsMissing()
{
    RawWebSocketServer server;
    server.onRequest = [](RawConnection& connection, int) { answerAsService(connection); };
    ProfileStore store(path());
    const auto answer = tryOut(store, localNotifications(server, {QStringLiteral("v2.no")}));
    QVERIFY(answer && !answer->has_value());
    QCOMPARE(answer->error().code, ErrorCode::ScopeMissing);
    QVERIFY(answer->error().detail.contains(QStringLiteral("routing:queue:view")));
    Profile person = localNotifications(server, {QStringLiteral("v2.yes")});
    person.personSignsIn = true;
    const auto nobody = tryOut(store, person);
    QVERIFY(nobody && !nobody->has_value());
    QCOMPARE(nobody->error().code, ErrorCode::WrongCredentials);
    server.onRequest = [](RawConnection& connection, int) { connection.reply(401); };
    const auto wrong = tryOut(store, localNotifications(server, {QStringLiteral("v2.yes")}));
    QCOMPARE(wrong->error().code, ErrorCode::WrongCredentials);
}

QTEST_GUILESS_MAIN(tst_ProfileStore)
#include "tst_profilestore.moc"
