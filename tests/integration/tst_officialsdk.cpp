// The simulated service serves a client that is not ours: the official Genesys SDK, unmodified, pointed at it by its
// own gateway setting, signs in, makes a channel, subscribes, lists topics and receives events.
#include "tests/support/commandline.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope::test;

class TestOfficialSdk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void signsInSubscribesAndReceives();
};

void TestOfficialSdk::signsInSubscribesAndReceives()
{
    const QString sdk = QStringLiteral(FRAMESCOPE_SOURCE_DIR "/build/sdk");
    if (!QFileInfo::exists(sdk + QStringLiteral("/installed.json")))
        QSKIP("the SDK is not installed here (app/build.sh tests installs it where npm's registry can be reached)");
    const QTemporaryDir folder;
    SimulateProcess simulate(folder.path(), {QStringLiteral("--scenario"), QStringLiteral("contact-centre"),
                                             QStringLiteral("--rate"), QStringLiteral("50")});
    QVERIFY2(simulate.isReady(), simulate.errors().constData());
    // Node finds modules beside the script, so that it runs from where they were installed.
    const QString line =
        QStringLiteral(
            "cp '%1/tests/integration/sdk/check.mjs' '%2/' && cd '%2' && PORT=%3 CLIENT_ID='%4' CLIENT_SECRET='%5' "
            "HOME='%6' timeout 90 node check.mjs")
            .arg(QStringLiteral(FRAMESCOPE_SOURCE_DIR), sdk, simulate.value("GATEWAY_URL").section(u':', -1),
                 simulate.value("GENESYS_CLIENT_ID"), simulate.value("GENESYS_CLIENT_SECRET"), folder.path());
    const Outcome outcome = runShell(folder.path(), line);
    QVERIFY2(outcome.exitCode == 0, (outcome.out + outcome.err).constData());
}

QTEST_GUILESS_MAIN(TestOfficialSdk)
#include "tst_officialsdk.moc"
