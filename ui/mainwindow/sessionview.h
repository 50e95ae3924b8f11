#pragma once
/// A session as a person sees it: filter row, ribbon, table and detail side by side, charts, findings and audit below.
///
/// Thread: gui. It is told what came (live or from a file) and never asks the session for anything.
#include "core/frame/framesource.h"
#include "core/genesys/notificationstate.h"
#include "core/metrics/metricssnapshot.h"
#include "core/routing/framefeed.h"
#include "ui/common/timehistogram.h"
#include "ui/mainwindow/frameexport.h"
#include "ui/topics/topicsmodel.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QSplitter;

namespace framescope {

class DetailPane;
class FilterRow;
class FindingSearch;
class FrameCache;
class FrameTableModel;
class FrameTableView;
class LowerTabs;
class MarkBook;
class SessionRibbon;

class SessionView : public QWidget
{
    Q_OBJECT

public:
    explicit SessionView(QWidget* parent = nullptr);

    /// Starts anew with the session file @p path; empty: no session.
    void open(const QString& path);
    void takeDelivery(const FrameFeed::Delivery& delivery);
    void takeExtent(quint64 frames, quint64 lastSeq);
    void takeMetrics(const MetricsSnapshotPtr& metrics);
    void takeEvents(const std::vector<AuditEvent>& events);
    void takeSource(const SourceState& state);
    /// This is a session of notifications: topics are shown, control messages folded.
    void offerNotifications();
    void takeNotifications(const NotificationStatePtr& state, TopicsModel::Origin origin);
    void setRunning(bool isRunning);
    /// Shows or folds heartbeats and other control messages.
    void setFolded(bool folded);
    /// Freezes what is shown; the capture goes on.
    void setPaused(bool paused);

    [[nodiscard]] FrameTableView* table() const { return m_table; }
    [[nodiscard]] FrameTableModel* model() const { return m_model; }
    [[nodiscard]] FilterRow* filterRow() const { return m_filterRow; }
    [[nodiscard]] LowerTabs* lowerTabs() const { return m_lower; }
    [[nodiscard]] FrameCache* cache() const { return m_cache; }
    [[nodiscard]] DetailPane* detail() const { return m_detail; }
    [[nodiscard]] MarkBook* marks() const { return m_marks; }
    /// From a frame's being asked for (a row became current, a jump) to its detail on the screen.
    [[nodiscard]] const TimeHistogram& detailTimes() const { return m_detailTimes; }

    void applyFilter(const QString& expression);
    void goToFinding(bool forward);
    void goToMark(bool forward);
    void goToNumber(quint64 number);
    /// The newest frame that is shown and came at that moment or before.
    void goToTime(qint64 wallNs);
    /// Marks the selected frames; when all of them are, takes the marks away.
    void toggleMarks();
    /// Asks what is to be said about the selected frame.
    void commentFrame();
    void nextPane(bool forward);
    void saveLayout() const;
    void restoreLayout();
    void resetLayout();
    [[nodiscard]] FrameExport* frameExport() const { return m_export; }

Q_SIGNALS:
    void exported(const framescope::AuditEvent& event);
    void notice(const QString& words);
    /// A person asked, beside the table, to show or fold control messages.
    void foldRequested(bool folded);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void buildLayout();
    void wire();
    void useColumnsOf(bool topics);
    [[nodiscard]] QString columnsKey() const;
    void showCurrentSoon();
    void showCurrent();
    void showLoaded(quint64 first, quint64 last);
    void showLatestRefused(const FrameFeed::Delivery& delivery);
    void showEmptyReason();
    void showIncomplete();
    void showMarks();
    void noteDetailPainted();

    FrameCache* m_cache;
    FrameTableModel* m_model;
    FindingSearch* m_search;
    FilterRow* m_filterRow;
    SessionRibbon* m_ribbon;
    FrameTableView* m_table;
    DetailPane* m_detail;
    LowerTabs* m_lower;
    FrameExport* m_export;
    MarkBook* m_marks;
    QSplitter* m_columns = nullptr;
    QSplitter* m_rows = nullptr;
    QTimer m_detailDelay;
    QElapsedTimer m_sinceDetail;
    TimeHistogram m_detailTimes;
    qint64 m_askedNs = 0;             ///< when the frame that is to be shown was asked for; 0: it is on the screen
    qint64 m_jumpedNs = 0;            ///< a jump is under way since then
    QElapsedTimer m_sinceRefused;     ///< since the detail last changed by itself
    MetricsSnapshotPtr m_heldMetrics; ///< the newest that came during a pause
    NotificationStatePtr m_heldNotifications;
    TopicsModel::Origin m_heldOrigin = TopicsModel::Origin::Live;
    quint64 m_lastSeq = 0;
    quint64 m_shownNumber = 0; ///< the detail shows it, or waits for it
    bool m_detailComplete = false;
    bool m_wasIncomplete = false;
    bool m_columnsOfTopics = false; ///< sessions of notifications have columns of their own
};

} // namespace framescope
