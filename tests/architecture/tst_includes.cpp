#include "tests/architecture/includerules.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope::test;

class TestIncludes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sourcesFollowTheArrows();
    void topLevelIsFixed();
    void knowsWhatIsAllowed_data();
    void knowsWhatIsAllowed();
    void catchesPlantedViolations();
    void catchesAStrangerAtTheTop();
};

namespace {

void plant(const QString& folder, const QString& path, const QByteArray& text)
{
    QVERIFY(QDir(folder).mkpath(QFileInfo(path).path()));
    QFile file(folder + u'/' + path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), qint64(text.size()));
}

} // namespace

void TestIncludes::sourcesFollowTheArrows()
{
    const QString root = QStringLiteral(FRAMESCOPE_SOURCE_DIR);
    QVERIFY(includeCount(root) > 100);
    const QStringList violations = includeViolations(root);
    QVERIFY2(violations.isEmpty(), qPrintable(u'\n' + violations.join(u'\n')));
}

void TestIncludes::topLevelIsFixed()
{
    const QStringList strangers = strangersAtTheTop(QStringLiteral(FRAMESCOPE_SOURCE_DIR));
    QVERIFY2(strangers.isEmpty(), qPrintable(strangers.join(u' ')));
}

void TestIncludes::knowsWhatIsAllowed_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("target");
    QTest::addColumn<bool>("allowed");
    const auto row = [](const char* file, const char* target, bool allowed) {
        QTest::addRow("%s <- %s", file, target) << QString::fromLatin1(file) << QString::fromLatin1(target) << allowed;
    };
    row("core/store/a.cpp", "core/audit/auditentry.h", true);
    row("core/store/a.cpp", "core/filter/framefilter.h", true);
    row("core/store/a.cpp", "sqlite3.h", true);
    row("core/store/a.cpp", "core/decode/decoder.h", false);
    row("core/store/a.cpp", "core/exchange/exporter.h", false);
    row("core/exchange/a.cpp", "core/store/sessionreader.h", true);
    row("core/exchange/a.cpp", "sqlite3.h", false);
    row("core/replay/a.cpp", "core/store/sessionreader.h", true);
    row("core/replay/a.cpp", "core/stream/transport.h", false);
    row("core/audit/a.cpp", "core/store/sessionfile.h", false);
    row("core/audit/a.cpp", "sqlite3.h", false);
    row("core/frame/a.h", "core/decode/decoder.h", false);
    row("core/decode/a.cpp", "core/gate/sizegate.h", false);
    row("core/decode/a.cpp", "simdjson.h", true);
    row("core/session/a.cpp", "core/stream/directstreamsource.h", true);
    row("core/session/a.cpp", "core/simulator/simulator.h", false);
    row("core/session/a.cpp", "simdjson.h", false);
    row("core/simulator/a.cpp", "core/decode/checksum.h", false);
    row("core/simulator/a.cpp", "QTcpServer", true);
    row("core/stream/a.cpp", "QWebSocket", true);
    row("core/stream/a.cpp", "core/auth/tokenprovider.h", true);
    row("core/stream/a.cpp", "core/routing/framefeed.h", false);
    row("core/routing/outlet.cpp", "QLocalServer", true);
    row("core/routing/framefeed.cpp", "QLocalServer", false);
    row("core/decode/a.cpp", "QTcpSocket", false);
    row("core/decode/a.cpp", "QtNetwork/QTcpSocket", false);
    row("core/base/a.cpp", "QColor", false);
    row("core/base/a.cpp", "QtGui/QColor", false);
    row("core/base/a.cpp", "qcolor.h", false);
    row("core/base/a.cpp", "QString", true);
    row("core/frame/a.cpp", "ui/common/theme.h", false);
    row("core/newroom/a.cpp", "core/base/error.h", false);
    row("ui/frames/frametablemodel.h", "QAbstractTableModel", true);
    row("ui/frames/frametablemodel.cpp", "QTableView", false);
    row("ui/frames/frametablemodel.cpp", "QtWidgets/QTableView", false);
    row("ui/frames/frametablemodel.cpp", "QFont", true);
    row("ui/frames/frametable.cpp", "QTableView", true);
    row("ui/frames/frametable.cpp", "core/session/session.h", true);
    row("ui/frames/frametable.cpp", "core/routing/framefeed.h", true);
    row("ui/frames/frametable.cpp", "core/routing/outlet.h", false);
    row("ui/frames/frametable.cpp", "core/store/sessionwriter.h", true);
    row("ui/frames/frametable.cpp", "core/stream/transport.h", false);
    row("ui/frames/frametable.cpp", "core/decode/decoder.h", false);
    row("ui/frames/frametable.cpp", "QNetworkAccessManager", false);
    row("app/cli/a.cpp", "core/exchange/exporter.h", true);
    row("app/cli/a.cpp", "core/simulator/simulator.h", true);
    row("app/cli/a.cpp", "ui/common/theme.h", false);
    row("app/cli/a.cpp", "QApplication", false);
    row("app/gui/main.cpp", "QApplication", true);
    row("app/gui/main.cpp", "core/simulator/simulator.h", true);
}

void TestIncludes::knowsWhatIsAllowed()
{
    QFETCH(QString, file);
    QFETCH(QString, target);
    QFETCH(bool, allowed);
    const QString why = whyNotIncluded(file, target);
    QVERIFY2(why.isEmpty() == allowed, qPrintable(why));
}

void TestIncludes::catchesPlantedViolations()
{
    QTemporaryDir tree;
    plant(tree.path(), QStringLiteral("core/gate/good.cpp"), "#include \"core/gate/good.h\"\n#include <QString>\n");
    QCOMPARE(includeViolations(tree.path()), QStringList());

    plant(tree.path(), QStringLiteral("core/gate/bad.cpp"), "// fine so far\n\n  #  include <QtGui/QColor>\n");
    plant(tree.path(), QStringLiteral("core/base/bad.h"), "#pragma once\n#include \"core/frame/frame.h\"\n");
    plant(tree.path(), QStringLiteral("ui/frames/badmodel.h"), "#include <QWidget>\n");
    plant(tree.path(), QStringLiteral("app/cli/bad.cpp"), "#include \"bad.h\"\n");
    const QStringList violations = includeViolations(tree.path());
    QCOMPARE(violations.size(), 4);
    for (const char* file : {"core/gate/bad.cpp", "core/base/bad.h", "ui/frames/badmodel.h", "app/cli/bad.cpp"})
        QCOMPARE(violations.filter(QString::fromLatin1(file)).size(), 1);
}

void TestIncludes::catchesAStrangerAtTheTop()
{
    QTemporaryDir tree;
    plant(tree.path(), QStringLiteral("core/frame/frame.h"), "");
    plant(tree.path(), QStringLiteral("README.md"), "");
    QCOMPARE(strangersAtTheTop(tree.path()), QStringList());
    plant(tree.path(), QStringLiteral("utils/a.h"), "");
    QCOMPARE(strangersAtTheTop(tree.path()), QStringList{QStringLiteral("utils")});
}

QTEST_APPLESS_MAIN(TestIncludes)
#include "tst_includes.moc"
