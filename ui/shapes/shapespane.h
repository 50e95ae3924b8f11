#pragma once
/// What the session's messages look like: types at left, the paths of one at right, and what changed since a frame or
/// time, or from an earlier session. A proposed schema can be copied, the table exported as CSV.
///
/// Thread: gui. The session file is read on a thread of its own, only while the pane is seen; while the session runs,
/// at most every 2 s, from where it stopped.
#include "core/frame/auditevent.h"
#include "ui/shapes/shaperesult.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QTableView;
class QThread;

namespace framescope {

class ExportBar;
class FileExport;
class ShapePathsModel;
class ShapeReader;
class ShapeTypesModel;

class ShapesPane : public QWidget
{
    Q_OBJECT

public:
    explicit ShapesPane(QWidget* parent = nullptr);
    ~ShapesPane() override;

    /// Starts anew with the session file in @p sessionPath; empty: no session.
    void open(const QString& sessionPath);
    /// While it runs, more comes.
    void setRunning(bool isRunning);
    /// Freezes what is shown.
    void setPaused(bool paused);
    /// The frame that is selected in the table; 0: none.
    void setSelectedFrame(quint64 number);
    /// Compares what came before with what came since: a frame number or a time, as a person types it; empty: no more.
    void compareSince(const QString& point);
    /// Compares with an earlier session's file; empty: no more.
    void compareTo(const QString& path);
    /// Without asking for a name: what the button does once it has one.
    void exportTo(const QString& path);
    [[nodiscard]] const ShapeResultPtr& result() const { return m_result; }
    /// The line that says what was read, or why there is nothing.
    [[nodiscard]] QString summaryText() const;

Q_SIGNALS:
    void frameActivated(quint64 number);
    void exported(const framescope::AuditEvent& event);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* buildBar();
    void setUpTables();
    void wire();
    void ask();
    void askAnew();
    void take(quint64 ticket, const ShapeResultPtr& result);
    void showProgress(quint64 ticket, quint64 done, quint64 all);
    void showType();
    void showWords();
    [[nodiscard]] QString wordsOfResult() const;
    void updateTicking();
    void chooseComparison();
    void chooseExport();
    void finishExport();
    void copySchema();

    ShapeTypesModel* m_types;
    ShapePathsModel* m_paths;
    QTableView* m_typeTable;
    QTableView* m_pathTable;
    QSplitter* m_tables;
    QLabel* m_empty;
    QStackedWidget* m_pages;
    QLineEdit* m_since;
    QPushButton* m_sinceSelected;
    QPushButton* m_compare;
    QPushButton* m_onlyChanged;
    QPushButton* m_copy;
    QPushButton* m_exportButton;
    QLabel* m_summary;
    ExportBar* m_exportBar;
    FileExport* m_export;
    QThread* m_thread;
    ShapeReader* m_reader;
    QTimer m_tick;
    ShapeRequest m_request;
    ShapeResultPtr m_result;
    QByteArray m_type; ///< whose paths are shown
    QString m_exportPath;
    quint64 m_ticket = 0;
    quint64 m_selectedFrame = 0;
    bool m_isReading = false;
    bool m_isStale = true; ///< something may have come that was not read
    bool m_isRunning = false;
    bool m_isPaused = false;
};

} // namespace framescope
