// The keyring: without one nothing is written anywhere; with one, a round trip. The second part runs this program again
// under a session bus and a keyring of its own, where the machine has both.
#include "core/auth/keychain.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;

class tst_Keychain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutAKeyringEveryCallSaysSo();
    void nobodyIsCalledOnceTheContextIsGone();
    void roundTripThroughARealKeyring();
};

void tst_Keychain::withoutAKeyringEveryCallSaysSo()
{
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    QTemporaryDir home;
    qputenv("XDG_CONFIG_HOME", home.path().toLocal8Bit());
    std::optional<Expected<void>> written;
    std::optional<Expected<Secret>> read;
    std::optional<Expected<void>> removed;
    keychain::write(QStringLiteral("p"), Secret("hidden-value"), this,
                    [&](Expected<void> outcome) { written = outcome; });
    QVERIFY(!written); // later
    QTRY_VERIFY(written);
    keychain::read(QStringLiteral("p"), this, [&](Expected<Secret> outcome) { read = outcome; });
    QTRY_VERIFY(read);
    keychain::remove(QStringLiteral("p"), this, [&](Expected<void> outcome) { removed = outcome; });
    QTRY_VERIFY(removed);
    QVERIFY(!*written && !*read && !*removed);
    QCOMPARE(written->error().code, ErrorCode::Keychain);
    QCOMPARE(read->error().code, ErrorCode::Keychain);
    QCOMPARE(removed->error().code, ErrorCode::Keychain);
    QCOMPARE(keychain::backendName(), QString());
    QCOMPARE(QDir(home.path()).entryList(QDir::NoDotAndDotDot | QDir::AllEntries).size(), 0);
}

void tst_Keychain::nobodyIsCalledOnceTheContextIsGone()
{
    auto context = std::make_unique<QObject>();
    bool called = false;
    keychain::read(QStringLiteral("p"), context.get(), [&](const Expected<Secret>&) { called = true; });
    context.reset();
    QTest::qWait(50);
    QVERIFY(!called);
}

void tst_Keychain::roundTripThroughARealKeyring()
{
    if (QStandardPaths::findExecutable(QStringLiteral("dbus-run-session")).isEmpty() ||
        QStandardPaths::findExecutable(QStringLiteral("gnome-keyring-daemon")).isEmpty())
        QSKIP("no gnome-keyring-daemon or dbus-run-session here");
    QTemporaryDir home;
    QProcess session;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"})
        environment.insert(QString::fromLatin1(name), home.path());
    environment.remove(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"));
    session.setProcessEnvironment(environment);
    session.setProcessChannelMode(QProcess::MergedChannels);
    session.start(
        QStringLiteral("dbus-run-session"),
        {QStringLiteral("--"), QStringLiteral("sh"), QStringLiteral("-c"),
         QStringLiteral("printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 &&"
                        " exec \"$0\" --round-trip"),
         QCoreApplication::applicationFilePath()});
    QVERIFY(session.waitForFinished(20'000));
    const QByteArray output = session.readAll();
    QVERIFY2(session.exitCode() == 0, output.constData());
    QVERIFY2(output.contains("round trip done"), output.constData());
}

namespace {

/// Runs inside the session that the test above starts. Returns the exit code.
int roundTrip()
{
    const QString key = QStringLiteral("tst profile / é");
    int step = 0;
    const auto fail = [&](const Error& error) {
        qWarning("step %d: %s: %s", step, errorCodeName(error.code).data(), qPrintable(error.detail));
        QCoreApplication::exit(1);
    };
    QObject context;
    const auto readGone = [&] {
        step = 5;
        keychain::read(key, &context, [&](const Expected<Secret>& gone) {
            if (gone || gone.error().code != ErrorCode::NotFound)
                return QCoreApplication::exit(2);
            std::puts("round trip done");
            QCoreApplication::exit(0);
        });
    };
    const auto remove = [&] {
        step = 3;
        keychain::remove(key, &context, [&](const Expected<void>& removed) {
            if (!removed)
                return fail(removed.error());
            step = 4;
            keychain::remove(key, &context,
                             [&](const Expected<void>& again) { again ? readGone() : fail(again.error()); });
        });
    };
    step = 1;
    keychain::write(key, Secret("s3cret-é"), &context, [&](const Expected<void>& written) {
        if (!written)
            return fail(written.error());
        step = 2;
        keychain::read(key, &context, [&](const Expected<Secret>& held) {
            if (!held)
                return fail(held.error());
            if (held->reveal() != QByteArray("s3cret-é") || keychain::backendName() != QLatin1String("Secret Service"))
                return QCoreApplication::exit(3);
            remove();
        });
    });
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    if (application.arguments().contains(QStringLiteral("--round-trip")))
        return roundTrip();
    tst_Keychain test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_keychain.moc"
