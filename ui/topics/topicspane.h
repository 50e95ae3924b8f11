#pragma once
/// What a notification session listens to: its topics, its channels and its gap ledger, one of them in sight, the
/// limits in one line above. Each can be copied and exported as CSV.
///
/// Thread: gui. Ages tick once a second, only while the pane is seen and the session runs. Exports are written on a
/// thread of their own.
#include "core/frame/auditevent.h"
#include "core/genesys/notificationstate.h"
#include "ui/topics/topicsmodel.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace framescope {

class ExportBar;
class FileExport;
class GapModel;
class LaneModel;

class TopicsPane : public QWidget
{
    Q_OBJECT

public:
    enum Part
    {
        TopicsPart,
        LanesPart,
        GapsPart
    };

    explicit TopicsPane(QWidget* parent = nullptr);
    ~TopicsPane() override;

    /// Another session, or none.
    void clear();
    void setState(const NotificationStatePtr& state, TopicsModel::Origin origin = TopicsModel::Origin::Live);
    /// Ages stand still once the session has stopped.
    void setRunning(bool isRunning);
    void showPart(Part part);
    [[nodiscard]] Part currentPart() const;
    /// Without asking for a name: what the button does once it has one.
    void exportTo(const QString& path);
    /// The rows in sight as text, columns between tabs.
    [[nodiscard]] QString shownText() const;

Q_SIGNALS:
    void exported(const framescope::AuditEvent& event);
    /// A gap was chosen: when it began.
    void gapActivated(qint64 fromWallNs);
    void filterRequested(const QString& expression);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* buildBar();
    void setUpTables();
    void wire();
    void tick();
    void updateTicking();
    void showCounts();
    void chooseExport();
    void finishExport();
    [[nodiscard]] QTableView* currentTable() const;

    TopicsModel* m_topics;
    LaneModel* m_lanes;
    GapModel* m_gaps;
    QTableView* m_topicTable;
    QTableView* m_laneTable;
    QTableView* m_gapTable;
    QStackedWidget* m_pages;
    QPushButton* m_parts[3];
    QLineEdit* m_filter;
    QLabel* m_count;
    QLabel* m_gauges;
    QPushButton* m_copy;
    QPushButton* m_exportButton;
    ExportBar* m_exportBar;
    FileExport* m_export;
    QTimer m_second;
    NotificationStatePtr m_state;
    TopicsModel::Origin m_origin = TopicsModel::Origin::Live;
    QString m_exportPath;
    QByteArray m_exportWhat;
    bool m_isRunning = false;
};

} // namespace framescope
