// The key that signs the audit log: in the keyring where there is an unlocked one, the same one every time; else in a
// file for its owner only, and the summary says which. Under a session bus and a keyring of its own, where the machine
// has both.
#include "core/session/signingkeys.h"
#include "tests/support/commandline.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <latch>
#include <thread>

using namespace framescope;
using namespace framescope::test;

namespace {

const QString keyFile = QStringLiteral("/.config/framescope/signing-key.pem");

/// The first words of "signed up to entry 19 by 2 checkpoints, key bde936857ac04273 (the expected key)".
QString keyIn(const QByteArray& verified)
{
    static const QRegularExpression key(QStringLiteral("key ([0-9a-f]{16}) [(]the expected key[)]"));
    return key.match(QString::fromUtf8(verified)).captured(1);
}

} // namespace

class TestSigningKeys : public QObject
{
    Q_OBJECT

private:
    /// Records twice and verifies both, with @p before done first.
    static Outcome recordTwice(const QString& home, const QString& before)
    {
        const QString both =
            QStringLiteral("for i in 1 2; do CLI record --demo --scenario busy-hour --rate 0 --frames 10 --no-reconnect"
                           " --session %1-$i.framescope && CLI verify %1-$i.framescope --public-key"
                           " .config/framescope/signing-key.pub.pem || exit 1; done")
                .arg(before.isEmpty() ? u'n' : u'k');
        return runShell(home, QStringLiteral("export HOME=\"$PWD\" XDG_RUNTIME_DIR=\"$PWD\"; unset XDG_CONFIG_HOME"
                                             " XDG_STATE_HOME XDG_DATA_HOME; CLI() { '%1' \"$@\"; };"
                                             " export -f CLI; timeout 60 dbus-run-session -- bash -c '%2%3' 2>&1")
                                  .arg(cliPath(), before, both));
    }

    static bool hasKeyring()
    {
        return !QStandardPaths::findExecutable(QStringLiteral("dbus-run-session")).isEmpty() &&
               !QStandardPaths::findExecutable(QStringLiteral("gnome-keyring-daemon")).isEmpty();
    }

    /// What four threads get that ask for the key of the file at once.
    static std::vector<Expected<HeldKey>> askedAtOnce()
    {
        constexpr int askers = 4;
        std::vector<Expected<HeldKey>> keys(askers);
        std::latch together(askers);
        std::vector<std::thread> threads;
        for (Expected<HeldKey>& key : keys)
            threads.emplace_back([&key, &together] {
                together.arrive_and_wait();
                key = signingKeyFromFile();
            });
        for (std::thread& thread : threads)
            thread.join();
        return keys;
    }

private Q_SLOTS:
    void keyOfTheFileIsTheSameForAllWhoAskAtOnce()
    {
        for (int round = 0; round < 20; ++round) {
            const QTemporaryDir folder;
            qputenv("XDG_CONFIG_HOME", folder.path().toUtf8());
            for (const Expected<HeldKey>& key : askedAtOnce()) {
                QVERIFY2(key, key ? "" : qPrintable(key.error().detail));
                QCOMPARE(toHex(key->key->publicKey().id()), toHex(signingKeyFromFile()->key->publicKey().id()));
            }
            QCOMPARE(QDir(folder.filePath(QStringLiteral("framescope"))).entryList(QDir::Files),
                     QStringList({QStringLiteral("signing-key.pem"), QStringLiteral("signing-key.pub.pem")}));
        }
    }

    void unlockedKeyringKeepsTheKey()
    {
        if (!hasKeyring())
            QSKIP("no gnome-keyring-daemon or dbus-run-session here");
        const QTemporaryDir home;
        const Outcome outcome =
            recordTwice(home.path(), QStringLiteral("printf password | gnome-keyring-daemon --unlock"
                                                    " --components=secrets >/dev/null 2>&1; "));
        QVERIFY2(outcome.exitCode == 0, outcome.out.constData());
        QCOMPARE(outcome.out.count("with the key in the keyring (Secret Service)"), 2);
        const QString first = keyIn(outcome.out.left(outcome.out.lastIndexOf("Recorded")));
        QVERIFY(!first.isEmpty());
        QCOMPARE(keyIn(outcome.out.mid(outcome.out.lastIndexOf("Recorded"))), first);
        QVERIFY(!QFileInfo::exists(home.path() + keyFile));
    }

    void lockedKeyringIsReplacedByAFileAndSaid()
    {
        if (!hasKeyring())
            QSKIP("no gnome-keyring-daemon or dbus-run-session here");
        const QTemporaryDir home;
        const Outcome outcome = recordTwice(
            home.path(), QStringLiteral("gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; "));
        QVERIFY2(outcome.exitCode == 0, outcome.out.constData());
        QCOMPARE(outcome.out.count("(not encrypted: no keyring gave one)"), 2);
        const QFileInfo file(home.path() + keyFile);
        QVERIFY(file.exists());
        QCOMPARE(file.permissions() & QFileDevice::Permissions(0x0077), QFileDevice::Permissions());
    }
};

QTEST_GUILESS_MAIN(TestSigningKeys)
#include "tst_signingkeys.moc"
