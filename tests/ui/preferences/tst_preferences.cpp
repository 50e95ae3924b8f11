/// Preferences: defaults, ranges, a file that survives what it does not know, and a matrix that is checked at once.
#include "core/base/resources.h"
#include "core/session/sessionconfig.h"
#include "ui/common/theme.h"
#include "ui/preferences/preferences.h"
#include "ui/preferences/preferencesdialog.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;

class TestPreferences : public QObject
{
    Q_OBJECT

    QTemporaryDir m_home;

    void writeFile(const QByteArray& text)
    {
        QDir().mkpath(QFileInfo(Preferences::path()).path());
        QFile file(Preferences::path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp, ColorScheme::Light); }
    void init()
    {
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_home.path()));
        QDir(m_home.filePath(QStringLiteral("framescope"))).removeRecursively();
    }

    void startsWithDefaults() { QCOMPARE(Preferences::load(), Preferences{}); }

    void keepsWhatWasSaved()
    {
        Preferences preferences;
        preferences.scheme = ColorScheme::Dark;
        preferences.matrixPath = QStringLiteral("/tmp/m,a=b.json");
        preferences.metricsWindow = 5000;
        preferences.flagBytes = 2 * 1024 * 1024;
        preferences.refuseBytes = 8 * 1024 * 1024;
        preferences.breakerMeanMb = 3.5;
        preferences.breakerCoolDownSeconds = 90;
        QVERIFY(preferences.save());
        QCOMPARE(Preferences::load(), preferences);
        QVERIFY(Preferences::path().startsWith(m_home.path()));
        SessionConfig config;
        preferences.applyTo(config);
        QCOMPARE(config.sizeLimits.refuseBytes, quint64(8 * 1024 * 1024));
        QCOMPARE(config.breakerLimits.meanBytes, std::uint64_t(3'500'000));
    }

    void keepsKeysOfANewerVersion()
    {
        writeFile("[future]\nanswer=42\n");
        QVERIFY(Preferences{}.save());
        QFile file(Preferences::path());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("answer=42"));
    }

    void readsValuesOutOfRangeAsDefaults()
    {
        writeFile("[metrics]\nwindow_frames=-5\n[limits]\nrefuse_bytes=99999999999999999999\nbreaker_mean_mb=nan\n["
                  "appearance]\nscheme=pink\n");
        QCOMPARE(Preferences::load(), Preferences{});
    }

    void setsAnUnreadableFileAside()
    {
        writeFile(QByteArray("\0\1\2binary", 9));
        QString notice;
        QCOMPARE(Preferences::load(&notice), Preferences{});
        QVERIFY(!notice.isEmpty());
        QVERIFY(!QFile::exists(Preferences::path()));
        QCOMPARE(QDir(QFileInfo(Preferences::path()).path()).entryList(QDir::Files).size(), 1);
    }

    void ignoresARelativeConfigHome()
    {
        qputenv("XDG_CONFIG_HOME", "relative");
        QVERIFY(QDir::isAbsolutePath(Preferences::path()));
        QVERIFY(!Preferences::path().contains(QStringLiteral("relative")));
    }

    void checksAMatrixAtOnce()
    {
        PreferencesDialog dialog;
        QVERIFY(dialog.canSave());
        const QString bad = m_home.filePath(QStringLiteral("bad.json"));
        QFile file(bad);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"types\": 7}");
        file.close();
        dialog.setMatrixPath(bad);
        QVERIFY(!dialog.canSave());
        QVERIFY(dialog.matrixVerdict().startsWith(QStringLiteral("✕")));
        dialog.setMatrixPath({});
        QVERIFY(dialog.canSave());
    }

    void restoresDefaultsAndTells()
    {
        Preferences changed;
        changed.metricsWindow = 4321;
        QVERIFY(changed.save());
        PreferencesDialog dialog;
        QCOMPARE(dialog.edited().metricsWindow, 4321);
        dialog.restoreDefaults();
        QCOMPARE(dialog.edited(), Preferences{});
        QSignalSpy spy(&dialog, &PreferencesDialog::changed);
        dialog.savePreferences();
        QCOMPARE(spy.size(), 1);
        QCOMPARE(Preferences::load(), Preferences{});
    }
};

QTEST_MAIN(TestPreferences)
#include "tst_preferences.moc"
