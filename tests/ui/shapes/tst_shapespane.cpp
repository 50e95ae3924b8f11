/// The shapes pane over a real session file: what its rows say, that it reads on while a session runs and only while it
/// is seen, what changed, where a click leads, and what is copied and exported.
#include "core/store/sessionwriter.h"
#include "tests/support/framebuilder.h"
#include "ui/common/theme.h"
#include "ui/shapes/shapepathsmodel.h"
#include "ui/shapes/shapescsv.h"
#include "ui/shapes/shapespane.h"
#include "ui/shapes/shapetypesmodel.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace framescope;
using namespace framescope::test;

namespace {

/// From frame 41 on, /skill appears and /priority becomes a string; each fourth frame is of another type.
std::vector<FrameSpec> frames(quint64 from, quint64 to, bool isOld = false)
{
    std::vector<FrameSpec> specs;
    for (quint64 number = from; number <= to; ++number) {
        FrameSpec spec;
        spec.type = number % 4 == 0 ? "keepalive" : "interaction.update";
        spec.payload = number % 4 == 0         ? QByteArray("{}")
                       : isOld || number <= 40 ? QByteArray(R"({"priority":1,"parts":[{"name":"x"}]})")
                                               : QByteArray(R"({"priority":"high","skill":"s","parts":[]})");
        specs.push_back(spec);
    }
    return specs;
}

std::unique_ptr<SessionWriter> sessionWith(const QString& path, const std::vector<FrameSpec>& specs)
{
    SessionInfo info;
    info.sessionId = "1";
    info.startedWallNs = 1'764'015'301'000'000'000; // that of the first frame
    auto writer = SessionWriter::create(path, info);
    if (!writer)
        qFatal("%s", qPrintable(writer.error().detail));
    (*writer)->append(makeBatch(specs));
    return std::move(*writer);
}

QString cell(const QAbstractItemModel& model, int row, int column)
{
    return model.index(row, column).data().toString();
}

/// The row of a path; -1 when there is none.
int rowOf(const ShapePathsModel& model, const char* pointer)
{
    for (int row = 0; row < model.rowCount(); ++row) {
        if (model.pointerAt(row) == pointer)
            return row;
    }
    return -1;
}

} // namespace

class TestShapesPane : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp, ColorScheme::Light); }

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(QStringLiteral("s.framescope"));
        m_pane = std::make_unique<ShapesPane>();
        m_types = m_pane->findChild<ShapeTypesModel*>();
        m_paths = m_pane->findChild<ShapePathsModel*>();
        new QAbstractItemModelTester(m_types, QAbstractItemModelTester::FailureReportingMode::QtTest, m_types);
        new QAbstractItemModelTester(m_paths, QAbstractItemModelTester::FailureReportingMode::QtTest, m_paths);
    }

    void cleanup() { m_pane.reset(); }

    void readsOnlyWhileItIsSeen()
    {
        sessionWith(m_path, frames(1, 80)).reset();
        m_pane->open(m_path);
        QTest::qWait(0);
        QVERIFY(!m_pane->result());
        m_pane->show();
        QTRY_VERIFY(m_pane->result());
        QCOMPARE(m_types->rowCount(), 2);
        QCOMPARE(cell(*m_types, 0, ShapeTypesModel::TypeColumn), QStringLiteral("interaction.update"));
        QCOMPARE(cell(*m_types, 0, ShapeTypesModel::FramesColumn), QStringLiteral("60"));
        QVERIFY(m_pane->summaryText().contains(QStringLiteral("80 frames")));
        const int skill = rowOf(*m_paths, "/skill");
        QVERIFY(skill > 0);
        QCOMPARE(cell(*m_paths, skill, ShapePathsModel::KindsColumn), QStringLiteral("string"));
        QCOMPARE(m_paths->index(skill, 0).data(ShapePathsModel::ShareRole).toDouble(), 0.5);
        QCOMPARE(cell(*m_paths, skill, ShapePathsModel::FirstColumn), QStringLiteral("41"));
        QCOMPARE(cell(*m_paths, skill, ShapePathsModel::LastColumn), QStringLiteral("79"));
        QCOMPARE(cell(*m_paths, rowOf(*m_paths, "/parts/*"), ShapePathsModel::PresenceColumn), QStringLiteral("items"));
    }

    void goesOnWhileTheSessionRuns()
    {
        const auto writer = sessionWith(m_path, frames(1, 40));
        QTRY_COMPARE(writer->status().durableSeq, quint64(40));
        m_pane->open(m_path);
        m_pane->setRunning(true);
        m_pane->show();
        QTRY_VERIFY(m_pane->result());
        QCOMPARE(m_pane->result()->report.lastFrame, quint64(40));
        QVERIFY(rowOf(*m_paths, "/skill") < 0);
        writer->append(makeBatch(frames(41, 80), 41, 41));
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->result()->report.lastFrame, quint64(80), 20'000);
        QVERIFY(rowOf(*m_paths, "/skill") > 0);
        writer->append(makeBatch(frames(81, 90), 81, 81));
        QVERIFY(writer->close().has_value());
        m_pane->setRunning(false); // the last frames are read at once
        QTRY_COMPARE(m_pane->result()->report.lastFrame, quint64(90));
    }

    void showsWhatChangedSinceAFrame()
    {
        sessionWith(m_path, frames(1, 80)).reset();
        m_pane->open(m_path);
        m_pane->show();
        m_pane->compareSince(QStringLiteral("41"));
        QTRY_VERIFY(m_pane->result());
        QCOMPARE(m_pane->result()->sinceFrame, quint64(41));
        QCOMPARE(cell(*m_types, 0, ShapeTypesModel::ChangesColumn), QStringLiteral("3"));
        QCOMPARE(cell(*m_types, 1, ShapeTypesModel::ChangesColumn), QStringLiteral("none"));
        const int priority = rowOf(*m_paths, "/priority");
        QCOMPARE(cell(*m_paths, priority, ShapePathsModel::ChangeColumn),
                 QStringLiteral("≠ became string (was integer) at frame 41"));
        QCOMPARE(cell(*m_paths, rowOf(*m_paths, "/skill"), ShapePathsModel::ChangeColumn),
                 QStringLiteral("+ appeared at frame 41"));
        QCOMPARE(cell(*m_paths, rowOf(*m_paths, "/parts/*"), ShapePathsModel::ChangeColumn),
                 QStringLiteral("− last seen at frame 39"));
        QVERIFY(m_pane->summaryText().startsWith(QStringLiteral("≠ 3 changes since frame 41")));
        const int all = m_paths->rowCount();
        m_paths->setOnlyChanged(true);
        QCOMPARE(m_paths->rowCount(), 3);
        m_paths->setOnlyChanged(false);
        QCOMPARE(m_paths->rowCount(), all);

        m_pane->compareSince(QStringLiteral("20:15:01.040")); // frames are 1 ms apart, the first at 01.000
        QTRY_VERIFY(m_pane->result());
        QCOMPARE(m_pane->result()->sinceFrame, quint64(41));
        m_pane->compareSince(QStringLiteral("soon"));
        QTRY_VERIFY(m_pane->result());
        QVERIFY(m_pane->summaryText().contains(QStringLiteral("neither a frame number")));
        m_pane->compareSince({});
        QTRY_VERIFY(m_pane->result());
        QVERIFY(!m_pane->result()->isComparison);
    }

    void comparesWithAnEarlierSession()
    {
        const QString earlier = m_folder->filePath(QStringLiteral("earlier.framescope"));
        sessionWith(earlier, frames(1, 80, true)).reset();
        std::vector<FrameSpec> specs = frames(41, 120);
        sessionWith(m_path, specs).reset();
        m_pane->open(m_path);
        m_pane->show();
        m_pane->compareTo(earlier);
        QTRY_VERIFY(m_pane->result());
        QVERIFY(m_pane->result()->isComparison);
        const int gone = rowOf(*m_paths, "/parts/*");
        QCOMPARE(gone, m_paths->rowCount() - 1); // not in this session: behind its own
        QVERIFY(cell(*m_paths, gone, ShapePathsModel::ChangeColumn).contains(QStringLiteral("not here")));
        QCOMPARE(m_paths->frameAt(m_paths->index(gone, ShapePathsModel::ChangeColumn)), quint64(0));
        QVERIFY(
            shapesCsv(*m_pane->result()).bytes().contains("interaction.update,/parts/*,object,,,,,,,79,path-gone,"));
        m_pane->compareTo(m_folder->filePath(QStringLiteral("nowhere.framescope")));
        QTRY_VERIFY(m_pane->result());
        QVERIFY(m_pane->summaryText().contains(QStringLiteral("Nothing is compared")));
        QCOMPARE(m_types->rowCount(), 2);
    }

    void aClickLeadsToTheFrame()
    {
        sessionWith(m_path, frames(1, 80)).reset();
        m_pane->open(m_path);
        m_pane->show();
        QTRY_VERIFY(m_pane->result());
        QSignalSpy frames(m_pane.get(), &ShapesPane::frameActivated);
        const int skill = rowOf(*m_paths, "/skill");
        for (QTableView* table : m_pane->findChildren<QTableView*>()) {
            if (table->model() != m_paths)
                continue;
            Q_EMIT table->clicked(m_paths->index(skill, ShapePathsModel::PathColumn)); // only selects
            Q_EMIT table->clicked(m_paths->index(skill, ShapePathsModel::LastColumn));
            Q_EMIT table->activated(m_paths->index(skill, ShapePathsModel::PathColumn));
        }
        QCOMPARE(frames.count(), 2);
        QCOMPARE(frames[0][0].toULongLong(), quint64(79));
        QCOMPARE(frames[1][0].toULongLong(), quint64(41));
    }

    void copiesASchemaAndExportsTheTable()
    {
        sessionWith(m_path, frames(1, 80)).reset();
        m_pane->open(m_path);
        m_pane->show();
        QTRY_VERIFY(m_pane->result());
        for (QPushButton* button : m_pane->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Copy proposed schema"))
                button->click();
        }
        const QString schema = QGuiApplication::clipboard()->text();
        QVERIFY(schema.contains(QStringLiteral("\"required\": [\"priority\", \"parts\"]")));
        QSignalSpy exported(m_pane.get(), &ShapesPane::exported);
        const QString path = m_folder->filePath(QStringLiteral("shapes.csv"));
        m_pane->exportTo(path);
        QTRY_COMPARE(exported.count(), 1);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.startsWith("type,path,json_types,presence,present_in,chances,values,frames,first_frame,"
                                 "last_frame,change,guarded\r\n"));
        QVERIFY(bytes.contains("interaction.update,/skill,string,0.5000,30,60,30,30,41,79,,\r\n"));
        QVERIFY(exported[0][0].value<AuditEvent>().detail.contains("shapes"));
    }

    void saysInWordsWhyThereIsNothing()
    {
        m_pane->open({});
        m_pane->show();
        QCOMPARE(m_pane->summaryText(), QStringLiteral("No session."));
        m_pane->open(m_folder->filePath(QStringLiteral("nowhere.framescope")));
        QTRY_VERIFY(m_pane->summaryText().contains(QStringLiteral("could not be read")));
        sessionWith(m_path, {{.type = "media", .payload = "\x80\x7f", .opcode = Opcode::Binary}}).reset();
        m_pane->open(m_path);
        QTRY_VERIFY(m_pane->summaryText().contains(QStringLiteral("1 binary")));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
    std::unique_ptr<ShapesPane> m_pane;
    ShapeTypesModel* m_types = nullptr;
    ShapePathsModel* m_paths = nullptr;
};

QTEST_MAIN(TestShapesPane)
#include "tst_shapespane.moc"
